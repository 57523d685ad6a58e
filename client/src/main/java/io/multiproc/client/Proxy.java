package io.multiproc.client;

/**
 * A live reference to an object on the manager. Proxies are thread-safe, may be stored in other shared objects and sent
 * through queues, and arrive there as proxies of the same object; they carry no address and no key.
 *
 * <p>An anonymous object lives as long as some session holds it or some other shared object contains it; a cycle of
 * anonymous objects is freed only with the manager. A named object lives until it is deleted.
 *
 * <p>A connection that breaks ends nothing. The session goes on: calls wait while the client connects again, and each takes effect
 * exactly once; locks and permits stay held, and items of queues are neither lost nor delivered twice. There are two ends to that:
 *
 * <ul>
 *   <li>{@link ManagerOptions#withReconnectTimeout}, which is without limit unless set: a call that has waited for the connection so long throws
 *       {@link ConnectionLostException}. Its {@code outcome()} is {@link Outcome#NOT_APPLIED} if the time was up before the call was made; otherwise
 *       it is {@link Outcome#UNKNOWN}, and the call may still take effect. A lock, permit or item that it brings later is given back. The session goes on, with
 *       all that it holds.
 *   <li>The end of the session, because the manager heard nothing from it for its lease, or because the manager has ended. Every call then throws {@link
 *       SessionExpiredException}, or {@link ConnectionLostException} if the manager said that it ends. The manager has released the locks and permits,
 *       and freed the anonymous objects that nobody else holds. The {@code outcome()} says what is known of a call that was under way.
 * </ul>
 *
 * <p>Every method that talks to the manager also throws {@link ManagerClosedException} after {@link Manager#close}. A thread interrupted in a method
 * that does not throw {@link InterruptedException} keeps its interrupt for later.
 *
 * <p>Programs do not implement this interface: a manager takes its own proxies only.
 */
public interface Proxy {
    /** {@return the code of the object's type, by which the type travels} No round trip. */
    int typeCode();

    /**
     * {@return the object's id on the manager} No round trip, except the first time after the session was renewed ({@link
     * ManagerOptions#withRenewal}).
     *
     * @throws NoSuchObjectException if the object was anonymous and ended with its session
     */
    long objectId();

    /** {@return the type's name as the manager spells it: {@code "dict"}, {@code "list"} …} No round trip.*/
    String typeId();

    /**
     * Lets go of the object now, instead of when the garbage collector finds its last proxy in this process. All proxies of
     * the object in this process share the hold. Does not block; a second call does nothing. A named object stays. A lock or permit that this
     * process owns stays owned: proxies of locks, read-write locks, semaphores and conditions are therefore no {@link AutoCloseable}, as the others are,
     * and {@code hold()} gives what a try-with-resources statement is to close ({@link Held}).
     */
    void close();
}
