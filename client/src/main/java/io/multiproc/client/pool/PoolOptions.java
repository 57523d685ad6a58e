package io.multiproc.client.pool;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.internal.code.LambdaCodec;
import io.multiproc.client.process.ChildOptions;
import io.multiproc.client.process.Code;
import io.multiproc.client.process.StartMethod;
import io.multiproc.client.process.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Options of a pool. Immutable; each {@code with} method returns a changed copy. */
public final class PoolOptions {
    /** How often a task whose worker dies is given to a worker, unless said otherwise. */
    public static final int DEFAULT_ATTEMPTS = 5;

    record Initializer(Code code, List<? extends @Nullable Object> arguments) {
        String home() {
            return LambdaCodec.home(LambdaCodec.of(code));
        }
    }

    private int processes = Runtime.getRuntime().availableProcessors();
    private @Nullable Manager manager;
    private @Nullable String name;
    private @Nullable Initializer initializer;
    private int maxTasksPerChild;
    private int maxAttempts = DEFAULT_ATTEMPTS;
    private boolean breakOnWorkerDeath;
    private boolean onDemand;
    private ManagerOptions classes = ManagerOptions.defaults();
    private @Nullable StartMethod startMethod;
    private ChildOptions childOptions = ChildOptions.defaults();

    private PoolOptions() {}

    /**
     * One worker for each processor, without a manager.
     *
     * @return the defaults
     */
    public static PoolOptions defaults() {
        return new PoolOptions();
    }

    private PoolOptions copy() {
        PoolOptions c = new PoolOptions();
        c.processes = processes;
        c.manager = manager;
        c.name = name;
        c.initializer = initializer;
        c.maxTasksPerChild = maxTasksPerChild;
        c.maxAttempts = maxAttempts;
        c.breakOnWorkerDeath = breakOnWorkerDeath;
        c.onDemand = onDemand;
        c.classes = classes;
        c.startMethod = startMethod;
        c.childOptions = childOptions;
        return c;
    }

    /**
     * {@return how many worker processes the pool starts and keeps} 0 for a named pool whose workers all come from elsewhere.
     *
     * @param count the number
     */
    public PoolOptions withProcesses(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("a pool has 0 or more processes, not " + count);
        }
        PoolOptions c = copy();
        c.processes = count;
        return c;
    }

    /** Starts no worker before there is a task for it, as executors do. */
    PoolOptions onDemand() {
        PoolOptions c = copy();
        c.onDemand = true;
        return c;
    }

    boolean isOnDemand() {
        return onDemand;
    }

    /**
     * {@return the manager on which tasks and results travel, and whose proxies tasks may take and give} It is not closed with the pool.
     *
     * @param shared the manager
     */
    public PoolOptions withManager(Manager shared) {
        PoolOptions c = copy();
        c.manager = shared;
        return c;
    }

    /**
     * {@return the name by which workers of other hosts join: {@code multiproc worker --pool NAME}} Needs a manager that they can reach.
     *
     * @param text the text
     */
    public PoolOptions withName(String text) {
        PoolOptions c = copy();
        c.name = text;
        return c;
    }

    /**
     * {@return what each worker does before its first task} If it throws, the pool is broken.
     *
     * @param code the code
     */
    public PoolOptions withInitializer(Target.Of0 code) {
        return initialized(code);
    }

    /**
     * As {@link #withInitializer(Target.Of0)}, with an argument.
     *
     * @param <A> the type of the first argument
     * @param code the code
     * @param a the first argument
     * @return the changed options
     */
    public <A extends @Nullable Object> PoolOptions withInitializer(Target.Of1<A> code, A a) {
        return initialized(code, a);
    }

    /**
     * As {@link #withInitializer(Target.Of0)}, with arguments.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param code the code
     * @param a the first argument
     * @param b the second argument
     * @return the changed options
     */
    public <A extends @Nullable Object, B extends @Nullable Object> PoolOptions withInitializer(
            Target.Of2<A, B> code, A a, B b) {
        return initialized(code, a, b);
    }

    private PoolOptions initialized(Code code, @Nullable Object... arguments) {
        PoolOptions c = copy();
        c.initializer = new Initializer(code, Arrays.asList(arguments));
        return c;
    }

    /**
     * After how many tasks, or chunks of them, one of the pool's own processes is replaced by a fresh one; 0 (default) is never.
     *
     * @param count the number
     * @return the changed options
     */
    public PoolOptions withMaxTasksPerChild(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("tasks per child are 0 (no limit) or more, not " + count);
        }
        PoolOptions c = copy();
        c.maxTasksPerChild = count;
        return c;
    }

    /**
     * To how many workers, one after the other, a task is given if they die with it; afterwards it fails with {@link
     * WorkerDiedException}. 1 is at most once: a task never runs twice. More is at least once while that lasts. Default {@value
     * #DEFAULT_ATTEMPTS}.
     *
     * @param count the number
     * @return the changed options
     */
    public PoolOptions withMaxAttempts(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a task needs at least 1 attempt, not " + count);
        }
        PoolOptions c = copy();
        c.maxAttempts = count;
        return c;
    }

    /**
     * {@return whether the pool breaks, with all that it has, when a worker dies with tasks: Python's executor does} Default false.
     *
     * @param on whether it breaks
     */
    public PoolOptions withBreakOnWorkerDeath(boolean on) {
        PoolOptions c = copy();
        c.breakOnWorkerDeath = on;
        return c;
    }

    /**
     * Lets arguments and results be of classes that these options register or allow, beyond the manager's and the code's own package.
     *
     * @param options the options
     * @return the changed options
     */
    public PoolOptions withClasses(ManagerOptions options) {
        PoolOptions c = copy();
        c.classes = options;
        return c;
    }

    /**
     * {@return how the pool's own processes are started} Unless it is said, those that wait in the reserve of {@link
     * io.multiproc.client.process.ManagedProcess#forkserver(int)} are taken, and the others are started as usual.
     *
     * @param how the way
     */
    public PoolOptions withStartMethod(StartMethod how) {
        PoolOptions c = copy();
        c.startMethod = how;
        return c;
    }

    /**
     * {@return what the JVMs of the pool's own processes are given: heap, flags, environment and more} A debugger's port is the first worker's; the
     * next ones have the next ports, see {@link Pool#debugAddresses}. If the JVM refuses its options, the pool is broken at once, and says what the JVM said.
     *
     * @param options the options
     */
    public PoolOptions withChildOptions(ChildOptions options) {
        PoolOptions c = copy();
        c.childOptions = options;
        return c;
    }

    ChildOptions childOptions() {
        return childOptions;
    }

    int processes() {
        return processes;
    }

    @Nullable
    Manager manager() {
        return manager;
    }

    @Nullable
    String name() {
        return name;
    }

    @Nullable
    Initializer initializer() {
        return initializer;
    }

    int maxTasksPerChild() {
        return maxTasksPerChild;
    }

    int maxAttempts() {
        return maxAttempts;
    }

    boolean breakOnWorkerDeath() {
        return breakOnWorkerDeath;
    }

    @Nullable
    StartMethod startMethod() {
        return startMethod;
    }

    /** The classes of a manager's options and of these. */
    ManagerOptions classes(ManagerOptions base) {
        ManagerOptions all = base.withSharedReferences(base.sharedReferences() || classes.sharedReferences());
        for (Map.Entry<Integer, Class<?>> e : classes.classes().entrySet()) {
            all = all.register(e.getKey(), e.getValue());
        }
        for (Class<?> type : classes.allowedClasses()) {
            all = all.allowClass(type);
        }
        for (String p : classes.packages()) {
            all = all.allowPackage(p);
        }
        return all;
    }
}
