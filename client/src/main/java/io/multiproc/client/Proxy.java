package io.multiproc.client;

/**
 * A live reference to an object on the manager. Proxies are thread-safe, may be stored in other shared objects and sent
 * through queues, and arrive there as proxies of the same object; they carry no address and no key.
 *
 * <p>An anonymous object lives as long as some session holds it or some other shared object contains it; a cycle of
 * anonymous objects is freed only with the manager. A named object lives until it is deleted.
 *
 * <p>Programs do not implement this interface: a manager takes its own proxies only.
 */
public interface Proxy extends AutoCloseable {
    /** Returns the code of the object's type, by which the type travels. No round trip. */
    int typeCode();

    /**
     * Returns the object's id on the manager. No round trip, except the first time after the session was renewed ({@link
     * ManagerOptions#withRenewal}).
     *
     * @throws NoSuchObjectException if the object was anonymous and ended with its session
     */
    long objectId();

    /** Returns the type's name as the manager spells it: {@code "dict"}, {@code "list"} … No round trip. */
    String typeId();

    /**
     * Lets go of the object now, instead of when the garbage collector finds its last proxy in this process. All proxies of
     * the object in this process share the hold. Does not block; a second call does nothing. A named object stays.
     */
    @Override
    void close();
}
