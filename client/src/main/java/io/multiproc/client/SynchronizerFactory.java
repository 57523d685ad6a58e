package io.multiproc.client;

import io.multiproc.protocol.op.ObjectType;

/**
 * The part of a {@link Manager} that makes and finds locks and other synchronisers. Each method is one round trip. Numbers out of range
 * (negative permits, a barrier of no parties) throw {@link IllegalArgumentException}, as do arguments that an existing object of the name was not
 * made with (other permits, parties, count, action or lock); the text names both.
 */
abstract class SynchronizerFactory extends CollectionFactory {
    SynchronizerFactory() {}

    /**
     * Makes an anonymous lock, not reentrant.
     *
     * @return its proxy
     */
    public LockProxy lock() {
        return new LockProxy(create(ObjectType.LOCK));
    }

    /**
     * {@return the lock with this name, created free and not reentrant if absent}
     *
     * @param name the object's name
     */
    public LockProxy lock(String name) {
        return new LockProxy(open(ObjectType.LOCK, name));
    }

    /**
     * Makes an anonymous reentrant lock.
     *
     * @return its proxy
     */
    public LockProxy rlock() {
        return new LockProxy(create(ObjectType.RLOCK));
    }

    /**
     * {@return the reentrant lock with this name, created free if absent}
     *
     * @param name the object's name
     */
    public LockProxy rlock(String name) {
        return new LockProxy(open(ObjectType.RLOCK, name));
    }

    /**
     * Makes an anonymous event, unset.
     *
     * @return its proxy
     */
    public EventProxy event() {
        return new EventProxy(create(ObjectType.EVENT));
    }

    /**
     * {@return the event with this name, created unset if absent}
     *
     * @param name the object's name
     */
    public EventProxy event(String name) {
        return new EventProxy(open(ObjectType.EVENT, name));
    }

    /**
     * Makes an anonymous semaphore with this many permits.
     *
     * @param permits the permits at first
     * @return its proxy
     */
    public SemaphoreProxy semaphore(int permits) {
        return new SemaphoreProxy(create(ObjectType.SEMAPHORE, (long) permits));
    }

    /**
     * {@return the semaphore with this name, created with this many permits if absent}
     *
     * @param name the object's name
     * @param permits the permits at first
     */
    public SemaphoreProxy semaphore(String name, int permits) {
        return new SemaphoreProxy(open(ObjectType.SEMAPHORE, name, (long) permits));
    }

    /**
     * Makes an anonymous bounded semaphore with this many permits, never to have more.
     *
     * @param permits the permits at first
     * @return its proxy
     */
    public SemaphoreProxy boundedSemaphore(int permits) {
        return new SemaphoreProxy(create(ObjectType.BOUNDED_SEMAPHORE, (long) permits));
    }

    /**
     * {@return the bounded semaphore with this name, created with this many permits, never to have more, if absent}
     *
     * @param name the object's name
     * @param permits the permits at first
     */
    public SemaphoreProxy boundedSemaphore(String name, int permits) {
        return new SemaphoreProxy(open(ObjectType.BOUNDED_SEMAPHORE, name, (long) permits));
    }

    /**
     * Makes an anonymous barrier for this many parties.
     *
     * @param parties how many parties wait for one another
     * @return its proxy
     */
    public BarrierProxy barrier(int parties) {
        return new BarrierProxy(create(ObjectType.BARRIER, (long) parties));
    }

    /**
     * {@return the barrier with this name, created for this many parties if absent}
     *
     * @param name the object's name
     * @param parties how many parties wait for one another
     */
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
     * @param parties how many parties wait for one another
     * @param instance an {@link InstanceProxy} or a face of one; the barrier keeps it alive
     * @param method the name of the method
     * @return its proxy
     * @throws NoSuchObjectException if the instance is no more
     */
    public BarrierProxy barrier(int parties, Object instance, String method) {
        return new BarrierProxy(create(ObjectType.BARRIER, (long) parties, action(instance), method));
    }

    /**
     * {@return the barrier with this name, created as by {@link #barrier(int, Object, String)} if absent}
     *
     * @param name the object's name
     * @param parties how many parties wait for one another
     * @param instance an instance of a registered class
     * @param method the name of the method
     */
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

    /**
     * Makes an anonymous latch that opens when this count has reached zero.
     *
     * @param count the count at first
     * @return its proxy
     */
    public CountDownLatchProxy countDownLatch(int count) {
        return new CountDownLatchProxy(create(ObjectType.COUNT_DOWN_LATCH, (long) count));
    }

    /**
     * {@return the latch with this name, created with this count if absent}
     *
     * @param name the object's name
     * @param count the count at first
     */
    public CountDownLatchProxy countDownLatch(String name, int count) {
        return new CountDownLatchProxy(open(ObjectType.COUNT_DOWN_LATCH, name, (long) count));
    }

    /**
     * Makes an anonymous read-write lock.
     *
     * @return its proxy
     */
    public ReadWriteLockProxy readWriteLock() {
        return new ReadWriteLockProxy(create(ObjectType.READ_WRITE_LOCK));
    }

    /**
     * {@return the read-write lock with this name, created free if absent}
     *
     * @param name the object's name
     */
    public ReadWriteLockProxy readWriteLock(String name) {
        return new ReadWriteLockProxy(open(ObjectType.READ_WRITE_LOCK, name));
    }

    /**
     * Makes an anonymous condition with a reentrant lock of its own.
     *
     * @return its proxy
     */
    public ConditionProxy condition() {
        return new ConditionProxy(create(ObjectType.CONDITION));
    }

    /**
     * {@return the condition with this name, created with a reentrant lock of its own if absent}
     *
     * @param name the object's name
     */
    public ConditionProxy condition(String name) {
        return new ConditionProxy(open(ObjectType.CONDITION, name));
    }

    /**
     * Makes an anonymous condition with this lock, reentrant or not.
     *
     * @param lock the lock
     * @return its proxy
     */
    public ConditionProxy condition(LockProxy lock) {
        return new ConditionProxy(create(ObjectType.CONDITION, lock));
    }

    /**
     * {@return the condition with this name, created with this lock if absent}
     *
     * @param name the object's name
     * @param lock the lock
     */
    public ConditionProxy condition(String name, LockProxy lock) {
        return new ConditionProxy(open(ObjectType.CONDITION, name, lock));
    }
}
