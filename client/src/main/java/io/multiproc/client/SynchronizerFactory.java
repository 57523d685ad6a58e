package io.multiproc.client;

import io.multiproc.protocol.op.ObjectType;

/**
 * The part of a {@link Manager} that makes and finds locks and other synchronisers. Each method is one round trip. Numbers out of range
 * (negative permits, a barrier of no parties) throw {@link IllegalArgumentException}.
 */
abstract class SynchronizerFactory extends CollectionFactory {
    SynchronizerFactory() {}

    /** Makes an anonymous lock, not reentrant. */
    public LockProxy lock() {
        return new LockProxy(create(ObjectType.LOCK));
    }

    /** The lock of a name, not reentrant. */
    public LockProxy lock(String name) {
        return new LockProxy(open(ObjectType.LOCK, name));
    }

    /** Makes an anonymous reentrant lock. */
    public LockProxy rlock() {
        return new LockProxy(create(ObjectType.RLOCK));
    }

    /** The reentrant lock of a name. */
    public LockProxy rlock(String name) {
        return new LockProxy(open(ObjectType.RLOCK, name));
    }

    /** Makes an anonymous event, which is not set. */
    public EventProxy event() {
        return new EventProxy(create(ObjectType.EVENT));
    }

    /** The event, which is not set of a name. */
    public EventProxy event(String name) {
        return new EventProxy(open(ObjectType.EVENT, name));
    }

    /** Makes an anonymous semaphore with so many permits. */
    public SemaphoreProxy semaphore(int permits) {
        return new SemaphoreProxy(create(ObjectType.SEMAPHORE, (long) permits));
    }

    /** The semaphore with so many permits of a name. The number counts only if it is made now. */
    public SemaphoreProxy semaphore(String name, int permits) {
        return new SemaphoreProxy(open(ObjectType.SEMAPHORE, name, (long) permits));
    }

    /** Makes an anonymous semaphore that never has more than so many permits. */
    public SemaphoreProxy boundedSemaphore(int permits) {
        return new SemaphoreProxy(create(ObjectType.BOUNDED_SEMAPHORE, (long) permits));
    }

    /** The semaphore that never has more than so many permits of a name. The number counts only if it is made now. */
    public SemaphoreProxy boundedSemaphore(String name, int permits) {
        return new SemaphoreProxy(open(ObjectType.BOUNDED_SEMAPHORE, name, (long) permits));
    }

    /** Makes an anonymous barrier for so many parties. */
    public BarrierProxy barrier(int parties) {
        return new BarrierProxy(create(ObjectType.BARRIER, (long) parties));
    }

    /** The barrier for so many parties of a name. The number counts only if it is made now. */
    public BarrierProxy barrier(String name, int parties) {
        return new BarrierProxy(open(ObjectType.BARRIER, name, (long) parties));
    }

    /**
     * Makes an anonymous barrier with an action: a method without arguments of an instance of a registered class, which is run
     * where the class is registered, once for each round, when all parties have come and before any goes on. Python's {@code
     * Barrier(n, action)}.
     *
     * <p>If it throws, or its host is gone, the barrier breaks: the party that came last gets {@link IllegalStateException} with
     * the type and message, the others {@link java.util.concurrent.BrokenBarrierException}. A party whose time runs out while the
     * action runs breaks the barrier, too; the action goes on then.
     *
     * @param instance an {@link InstanceProxy} or a face of one; the barrier keeps it alive
     * @throws NoSuchObjectException if the instance is no more
     */
    public BarrierProxy barrier(int parties, Object instance, String method) {
        return new BarrierProxy(create(ObjectType.BARRIER, (long) parties, action(instance), method));
    }

    /** As {@link #barrier(int, Object, String)}, of a name. The arguments count only if it is made now. */
    public BarrierProxy barrier(String name, int parties, Object instance, String method) {
        return new BarrierProxy(open(ObjectType.BARRIER, name, (long) parties, action(instance), method));
    }

    private static Proxy action(Object instance) {
        if (instance instanceof Proxy p) {
            return p;
        }
        throw new IllegalArgumentException(
                "the action of a barrier is a method of an instance of a registered class, not of a "
                        + instance.getClass().getName());
    }

    /** Makes an anonymous latch that opens after so many steps. */
    public CountDownLatchProxy countDownLatch(int count) {
        return new CountDownLatchProxy(create(ObjectType.COUNT_DOWN_LATCH, (long) count));
    }

    /** The latch that opens after so many steps of a name. The number counts only if it is made now. */
    public CountDownLatchProxy countDownLatch(String name, int count) {
        return new CountDownLatchProxy(open(ObjectType.COUNT_DOWN_LATCH, name, (long) count));
    }

    /** Makes an anonymous read-write lock. */
    public ReadWriteLockProxy readWriteLock() {
        return new ReadWriteLockProxy(create(ObjectType.READ_WRITE_LOCK));
    }

    /** The read-write lock of a name. */
    public ReadWriteLockProxy readWriteLock(String name) {
        return new ReadWriteLockProxy(open(ObjectType.READ_WRITE_LOCK, name));
    }

    /** Makes an anonymous condition with an rlock of its own. */
    public ConditionProxy condition() {
        return new ConditionProxy(create(ObjectType.CONDITION));
    }

    /** The condition with an rlock of its own of a name. */
    public ConditionProxy condition(String name) {
        return new ConditionProxy(open(ObjectType.CONDITION, name));
    }

    /** Makes an anonymous condition of a lock or rlock. */
    public ConditionProxy condition(LockProxy lock) {
        return new ConditionProxy(create(ObjectType.CONDITION, lock));
    }

    /** The condition of a name; the lock or rlock counts only if it is made now. */
    public ConditionProxy condition(String name, LockProxy lock) {
        return new ConditionProxy(open(ObjectType.CONDITION, name, lock));
    }
}
