package io.multiproc.client.context;

import io.multiproc.client.BarrierProxy;
import io.multiproc.client.ConditionProxy;
import io.multiproc.client.EventProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SemaphoreProxy;
import io.multiproc.client.SimpleQueueProxy;
import io.multiproc.client.memory.SharedArray;
import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.pool.Pool;
import io.multiproc.client.pool.PoolOptions;
import io.multiproc.client.pool.ProcessPoolExecutor;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.StartMethod;
import io.multiproc.client.process.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A start method, and what the processes that it starts share: Python's {@code multiprocessing.get_context}. No manager is needed. Immutable and thread-safe.
 *
 * <pre>{@code
 * Context context = Context.spawn();
 * QueueProxy<Object> queue = context.queue();
 * context.process(Jobs::work, queue).start();
 * }</pre>
 *
 * <p>Locks, values and arrays are in shared memory, for the processes of this user on this machine. Queues, events, semaphores, conditions and barriers are proxies of the
 * {@linkplain #manager() default manager}, one for all contexts of a program: in a child that was given proxies it is their manager, otherwise one within this process that the
 * first use starts, which ends with the process and does not keep it alive. What a process holds when it dies is released in both.
 *
 * <p>The arguments of one process cannot have proxies of this and of another manager.
 */
public final class Context {
    private static final StackWalker CALLERS = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private final StartMethod method;

    private Context(StartMethod method) {
        this.method = method;
    }

    /** {@return a context whose processes are fresh JVMs} */
    public static Context spawn() {
        return new Context(StartMethod.SPAWN);
    }

    /**
     * {@return a context whose processes are JVMs of the program's one reserve, which {@link ManagedProcess#forkserver} fills up in the background from now on}
     *
     * @param reserve how many JVMs wait; it counts for the whole program
     * @throws IllegalArgumentException if it is negative
     */
    public static Context forkserver(int reserve) {
        ManagedProcess.forkserver(reserve);
        return new Context(StartMethod.FORKSERVER);
    }

    /**
     * {@return a context of a start method; for FORKSERVER the reserve stays as it is}
     *
     * @param how the start method
     * @throws UnsupportedOperationException for FORK; the text says why
     */
    public static Context of(StartMethod how) {
        return new Context(how.possible());
    }

    /** {@return a context of the start method that is {@linkplain ManagedProcess#getStartMethod() usual} at this moment} */
    public static Context usual() {
        return new Context(ManagedProcess.getStartMethod());
    }

    /**
     * Lets the default manager take objects of the classes that these options register or allow. Those of the package of the class that starts it are
     * allowed anyway.
     *
     * @param options the options; only their classes and codec count
     * @throws IllegalStateException if it was started before
     */
    public static void allow(ManagerOptions options) {
        DefaultManager.allow(options);
    }

    /** {@return its start method} */
    public StartMethod startMethod() {
        return method;
    }

    // ---- processes

    /**
     * {@return a process, not started, that will run code of 0 arguments}
     *
     * @param target the code that the process runs
     */
    public ManagedProcess process(Target.Of0 target) {
        return new ManagedProcess(target).startMethod(method);
    }

    /**
     * {@return a process, not started, that will run code of 1 argument}
     *
     * @param <A> the type of the first argument
     * @param target the code that the process runs
     * @param a the first argument
     */
    public <A extends @Nullable Object> ManagedProcess process(Target.Of1<A> target, A a) {
        return new ManagedProcess(target, a).startMethod(method);
    }

    /**
     * {@return a process, not started, that will run code of 2 arguments}
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param target the code that the process runs
     * @param a the first argument
     * @param b the second argument
     */
    public <A extends @Nullable Object, B extends @Nullable Object> ManagedProcess process(
            Target.Of2<A, B> target, A a, B b) {
        return new ManagedProcess(target, a, b).startMethod(method);
    }

    /**
     * {@return a process, not started, that will run code of 3 arguments}
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param target the code that the process runs
     * @param a the first argument
     * @param b the second argument
     * @param c the third argument
     */
    public <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object> ManagedProcess process(
            Target.Of3<A, B, C> target, A a, B b, C c) {
        return new ManagedProcess(target, a, b, c).startMethod(method);
    }

    /**
     * {@return a process, not started, that will run code of 4 arguments}
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <D> the type of the fourth argument
     * @param target the code that the process runs
     * @param a the first argument
     * @param b the second argument
     * @param c the third argument
     * @param d the fourth argument
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object>
            ManagedProcess process(Target.Of4<A, B, C, D> target, A a, B b, C c, D d) {
        return new ManagedProcess(target, a, b, c, d).startMethod(method);
    }

    /**
     * {@return a pool of so many workers on the default manager, so that tasks may take and give what the context makes}
     *
     * @param processes how many workers, at least 1
     */
    public Pool pool(int processes) {
        return new Pool(options(processes));
    }

    /**
     * {@return an executor of so many workers on the default manager}
     *
     * @param workers how many workers, at least 1
     */
    public ProcessPoolExecutor executor(int workers) {
        return new ProcessPoolExecutor(options(workers));
    }

    private PoolOptions options(int processes) {
        return PoolOptions.defaults()
                .withProcesses(processes)
                .withStartMethod(method)
                .withManager(manager());
    }

    // ---- on the default manager

    /**
     * {@return the default manager, for dicts, lists and all else} The first use in a program that was not given one takes some tenths of a second. Closing it takes
     * from the program all that its contexts made.
     *
     * @throws IllegalStateException if it would have to be started and multiproc-server is not on the class path
     */
    public Manager manager() {
        return DefaultManager.get(CALLERS.walk(frames -> frames.<Class<?>>map(StackWalker.StackFrame::getDeclaringClass)
                .filter(c -> c.getPackage() != Context.class.getPackage())
                .findFirst()
                .orElse(Context.class)));
    }

    /** {@return a new queue without bound} One round trip, as all that follow on the default manager. */
    public QueueProxy<Object> queue() {
        return manager().queue();
    }

    /**
     * {@return a new queue}
     *
     * @param capacity the most items that it holds; 0 or less for no bound
     */
    public QueueProxy<Object> queue(int capacity) {
        return manager().queue(Object.class, capacity);
    }

    /**
     * {@return a new queue}
     *
     * @param <E> the type of the items
     * @param items the class of the items
     * @param capacity the most items that it holds; 0 or less for no bound
     */
    public <E> QueueProxy<E> queue(Class<E> items, int capacity) {
        return manager().queue(items, capacity);
    }

    /** {@return a new joinable queue without bound} */
    public JoinableQueueProxy<Object> joinableQueue() {
        return manager().joinableQueue();
    }

    /**
     * {@return a new joinable queue}
     *
     * @param <E> the type of the items
     * @param items the class of the items
     * @param capacity the most items that it holds; 0 or less for no bound
     */
    public <E> JoinableQueueProxy<E> joinableQueue(Class<E> items, int capacity) {
        return manager().joinableQueue(items, capacity);
    }

    /** {@return a new simple queue} */
    public SimpleQueueProxy<Object> simpleQueue() {
        return manager().simpleQueue();
    }

    /** {@return a new event, unset} */
    public EventProxy event() {
        return manager().event();
    }

    /**
     * {@return a new barrier}
     *
     * @param parties how many parties wait for one another
     */
    public BarrierProxy barrier(int parties) {
        return manager().barrier(parties);
    }

    /**
     * {@return a new semaphore}
     *
     * @param permits the permits at first
     */
    public SemaphoreProxy semaphore(int permits) {
        return manager().semaphore(permits);
    }

    /**
     * {@return a new semaphore that never has more permits than at first}
     *
     * @param permits the permits at first
     */
    public SemaphoreProxy boundedSemaphore(int permits) {
        return manager().boundedSemaphore(permits);
    }

    /** {@return a new condition with a reentrant lock of its own} */
    public ConditionProxy condition() {
        return manager().condition();
    }

    // ---- in shared memory, or by themselves

    /**
     * {@return a new lock in shared memory, free} It is reentrant and knows its owner, unlike Python's: a thread that holds it gets it again where Python would wait for ever,
     * and another cannot {@code unlock} it. {@code semaphore(1)} is a lock that anybody may release.
     */
    public SharedLock lock() {
        return SharedLock.create();
    }

    /** {@return a new reentrant lock in shared memory, free} The same as {@link #lock}. */
    public SharedLock rlock() {
        return SharedLock.create();
    }

    /**
     * {@return a new value in shared memory that is 0 at first; see {@link SharedValue#create(String)}}
     *
     * @param <T> the class of the code's values
     * @param typeCode the type code
     */
    public <T> SharedValue<T> value(String typeCode) {
        return SharedValue.create(typeCode);
    }

    /**
     * {@return a new value in shared memory}
     *
     * @param <T> the type of the value
     * @param typeCode the type code
     * @param initial the initial value
     */
    public <T> SharedValue<T> value(String typeCode, T initial) {
        return SharedValue.create(typeCode, initial);
    }

    /**
     * {@return a new array of zeros in shared memory}
     *
     * @param <T> the type of the elements
     * @param typeCode the type code
     * @param type the class of the elements
     * @param length the number of elements
     */
    public <T> SharedArray<T> array(String typeCode, Class<T> type, int length) {
        return SharedArray.create(typeCode, type, length);
    }

    /**
     * {@return a new array in shared memory}
     *
     * @param <T> the type of the elements
     * @param typeCode the type code
     * @param type the class of the elements
     * @param initial the elements at first
     */
    public <T> SharedArray<T> array(String typeCode, Class<T> type, List<? extends T> initial) {
        return SharedArray.create(typeCode, type, initial);
    }

    /**
     * {@return a new pipe; see {@link Pipe#open(boolean)}}
     *
     * @param duplex whether both ends send and receive; otherwise the first one receives and the second one sends
     */
    public Pipe pipe(boolean duplex) {
        return Pipe.open(duplex);
    }

    @Override
    public String toString() {
        return "Context(" + method + ")";
    }
}
