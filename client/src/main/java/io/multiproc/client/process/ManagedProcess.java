package io.multiproc.client.process;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Proxy;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.Parcel;
import io.multiproc.client.internal.code.ValueCodec;
import io.multiproc.client.pipe.Connection;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A process that runs a piece of this program: Python's {@code multiprocessing.Process}. Give a method reference or lambda and its
 * arguments, or extend the class and override {@link #run()}.
 *
 * <pre>{@code
 * ManagedProcess p = new ManagedProcess(Square::print, 7);
 * p.start();
 * p.join();
 * }</pre>
 *
 * <p>The child is a JVM with this one's class path, module path, flags and system properties. Code travels by name, values through the
 * checked serialisation that managers use: objects of user classes must be registered or in an allowed package ({@link #allow}); the
 * package of the code's own class is allowed. A subclass's fields travel the same way. Proxies among the arguments are live in
 * the child, which connects to their manager.
 *
 * <p>The program waits at its end for children that are no daemons; {@code System.exit} does not wait. Daemons end with
 * this process, also if it is killed, within about a second. All methods may be called by any thread.
 */
public class ManagedProcess {
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static volatile StartMethod usual = StartMethod.SPAWN;

    // a subclass's fields travel, these do not
    private final transient @Nullable Code code;
    private final transient List<? extends @Nullable Object> arguments;
    private transient String name = "Process-" + NUMBERS.incrementAndGet();
    private transient boolean daemon;
    private transient StartMethod method = usual;
    private transient ManagerOptions classes = ManagerOptions.defaults();
    private transient @Nullable Manager manager;
    private transient String affinity = "";
    private transient int niceness;
    private transient @Nullable Process process;
    private transient @Nullable CompletableFuture<String> report;
    private transient @Nullable Thread watcher;
    private final transient CompletableFuture<ManagedProcess> exit = new CompletableFuture<>();

    /** For subclasses, which override {@link #run()}. */
    protected ManagedProcess() {
        code = null;
        arguments = List.of();
    }

    private ManagedProcess(Code code, List<? extends @Nullable Object> arguments) {
        this.code = code;
        this.arguments = arguments;
    }

    /**
     * A process that will run code of 0 arguments.
     *
     * @param target the code that the process runs
     */
    public ManagedProcess(Target.Of0 target) {
        this(target, List.of());
    }

    /**
     * A process that will run code of 1 argument.
     *
     * @param <A> the type of the first argument
     * @param target the code that the process runs
     * @param a the first argument
     */
    public <A extends @Nullable Object> ManagedProcess(Target.Of1<A> target, A a) {
        this(target, Collections.singletonList(a));
    }

    /**
     * A process that will run code of 2 arguments.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param target the code that the process runs
     * @param a the first argument
     * @param b the second argument
     */
    public <A extends @Nullable Object, B extends @Nullable Object> ManagedProcess(Target.Of2<A, B> target, A a, B b) {
        this(target, Arrays.asList(a, b));
    }

    /**
     * A process that will run code of 3 arguments.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param target the code that the process runs
     * @param a the first argument
     * @param b the second argument
     * @param c the third argument
     */
    public <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object> ManagedProcess(
            Target.Of3<A, B, C> target, A a, B b, C c) {
        this(target, Arrays.asList(a, b, c));
    }

    /**
     * A process that will run code of 4 arguments.
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
            ManagedProcess(Target.Of4<A, B, C, D> target, A a, B b, C c, D d) {
        this(target, Arrays.asList(a, b, c, d));
    }

    // ---- before the start

    /**
     * Calls it something else than {@code Process-N}: in lists, logs and error messages.
     *
     * @param text the text
     * @return this
     */
    public synchronized ManagedProcess named(String text) {
        notStarted();
        name = text;
        return this;
    }

    /**
     * Whether it ends with this process, however that ends. Default false.
     *
     * @param on whether it is switched on
     * @return this
     */
    public synchronized ManagedProcess daemon(boolean on) {
        notStarted();
        daemon = on;
        return this;
    }

    /**
     * How it is started, if not as {@link #setStartMethod} says.
     *
     * @param how the way
     * @return this
     * @throws UnsupportedOperationException for FORK
     */
    public synchronized ManagedProcess startMethod(StartMethod how) {
        notStarted();
        method = how.possible();
        return this;
    }

    /**
     * Lets arguments and fields be of the classes and packages that these options register and allow.
     *
     * @param options the options
     * @return this
     */
    public synchronized ManagedProcess allow(ManagerOptions options) {
        notStarted();
        classes = options;
        return this;
    }

    /**
     * The manager that {@link #currentManager} gives in the child. Not needed if there is a proxy among the arguments.
     *
     * @param shared the manager
     * @return this
     */
    public synchronized ManagedProcess manager(Manager shared) {
        notStarted();
        manager = shared;
        return this;
    }

    /**
     * The processors it may run on, by number from 0. Uses the program {@code taskset}; always spawns.
     *
     * @param processors their numbers, from 0
     * @return this
     */
    public synchronized ManagedProcess affinity(int... processors) {
        notStarted();
        if (processors.length == 0 || Arrays.stream(processors).anyMatch(p -> p < 0)) {
            throw new IllegalArgumentException(
                    "processors are numbers from 0, at least one: " + Arrays.toString(processors));
        }
        affinity = Arrays.stream(processors).mapToObj(Integer::toString).collect(Collectors.joining(","));
        return this;
    }

    /**
     * What is added to the niceness of this process, -20 to 19. Uses the program {@code nice}; always spawns.
     *
     * @param increment what is added, -20 to 19
     * @return this
     */
    public synchronized ManagedProcess niceness(int increment) {
        notStarted();
        if (increment < -20 || increment > 19) {
            throw new IllegalArgumentException("niceness is -20 to 19, not " + increment);
        }
        niceness = increment;
        return this;
    }

    private void notStarted() {
        if (process != null) {
            throw new IllegalStateException(name + " was started: change it before");
        }
    }

    // ---- the life of a process

    /**
     * What a subclass does in the child.
     *
     * @throws Exception whatever it throws
     */
    protected void run() throws Exception {
        throw new UnsupportedOperationException(getClass().getName() + " has neither a target nor a run() of its own");
    }

    /**
     * Starts the process; returns when it has been told what to do, not when it does it.
     *
     * @throws IllegalStateException if it was started before
     * @throws io.multiproc.client.SerializationException if code, argument or field cannot travel; nothing is started. The text names it
     * @throws UncheckedIOException if the system does not start a process
     * @throws UnsupportedOperationException if affinity or niceness was asked for and the system has not the program for it
     */
    public synchronized void start() {
        if (process != null) {
            throw new IllegalStateException(name + " was started before: make a new ManagedProcess for each run");
        }
        Code target = code;
        Tuple task = target == null ? ProcessTask.of(this) : ProcessTask.of(target, arguments);
        Manager shared = manager;
        Manager ofProxies = ProcessTask.managerOf(task);
        if (shared != null && ofProxies != null && shared != ofProxies) {
            throw new IllegalArgumentException(
                    "the proxies among the arguments belong to another manager than the one given");
        }
        Manager m = ofProxies != null ? ofProxies : shared;
        ManagerOptions options = ChildBootstrap.options(m, classes, ProcessTask.home(task));
        ValueCodec codec = ChildBootstrap.codec(options);
        String token =
                HexFormat.of().toHexDigits(RANDOM.nextLong()) + HexFormat.of().toHexDigits(RANDOM.nextLong());
        String parcel = "multiproc.process." + token;
        boolean sent = false;
        try {
            FailureReports reports = FailureReports.open();
            byte[] bootstrap = ChildBootstrap.CODEC.write(ChildBootstrap.of(
                    name, daemon, options, m, ofProxies == null ? null : parcel, reports.port(), token));
            byte[] body = new byte[0];
            if (ofProxies == null) {
                body = ProcessTask.write(task, codec);
            } else {
                ProcessTask.check(task, codec);
                ofProxies.list(parcel).append(Parcel.pack(codec, task, p -> Manager.of((Proxy) p) == ofProxies));
            }
            CompletableFuture<String> text = reports.expect(token);
            Process started = launch(ProcessTask.home(task));
            process = started;
            report = text;
            Children.add(this);
            tell(started, bootstrap, body);
            sent = true;
            watch(started, token, ofProxies, parcel, ProcessTask.pipesOf(task));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        } finally {
            if (!sent && ofProxies != null && ofProxies.isOpen()) {
                boolean ignored = ofProxies.delete(parcel);
            }
        }
    }

    private Process launch(String home) throws IOException {
        List<String> prefix = new ArrayList<>();
        if (!affinity.isEmpty()) {
            prefix.addAll(List.of(Launcher.program("taskset", "of util-linux"), "-c", affinity));
        }
        if (niceness != 0) {
            prefix.addAll(List.of(Launcher.program("nice", "of coreutils"), "-n", Integer.toString(niceness)));
        }
        return prefix.isEmpty() && method == StartMethod.FORKSERVER ? Launcher.warm(home) : Launcher.fresh(prefix);
    }

    private static void tell(Process started, byte[] bootstrap, byte[] body) {
        try {
            // not closed: the open pipe is what tells a daemon that its parent lives
            DataOutputStream out = new DataOutputStream(started.getOutputStream());
            out.writeInt(bootstrap.length);
            out.write(bootstrap);
            out.writeInt(body.length);
            out.write(body);
            out.flush();
        } catch (IOException e) {
            // it is dead already: its exit code says so
        }
    }

    private void watch(Process started, String token, @Nullable Manager owner, String parcel, List<Connection> pipes) {
        Thread t = new Thread(
                () -> {
                    boolean ended = false;
                    while (!ended) {
                        try {
                            started.waitFor();
                            ended = true;
                        } catch (InterruptedException e) {
                            // nobody has a reason to: the JVM waits for this thread
                        }
                    }
                    Children.remove(this);
                    for (Connection c : pipes) {
                        // it ended before it took its end: the other end is not to wait for ever
                        if (c.reclaim()) {
                            c.close();
                        }
                    }
                    try {
                        FailureReports.open().forget(token);
                        started.getOutputStream().close();
                        if (owner != null && owner.isOpen()) {
                            owner.delete(parcel);
                        }
                    } catch (IOException | RuntimeException e) {
                        ProcessLog.getLogger().log(java.util.logging.Level.FINE, "after the end of " + name, e);
                    }
                    exit.complete(this);
                },
                "multiproc-" + name);
        // the JVM itself then waits for a child that is no daemon
        t.setDaemon(daemon);
        t.start();
        watcher = t;
    }

    /** A subclass's object in the child: it knows its name there. */
    final synchronized void becomeCurrent() {
        name = ProcessInfo.current().name();
        daemon = ProcessInfo.current().daemon();
    }

    private synchronized Process started() {
        Process p = process;
        if (p == null) {
            throw new IllegalStateException(name() + " was not started");
        }
        return p;
    }

    /**
     * Waits until it has ended.
     *
     * @throws IllegalStateException if it was not started
     * @throws InterruptedException if this thread is interrupted
     */
    public void join() throws InterruptedException {
        started().waitFor();
        settle();
    }

    /**
     * As {@link #join()}, up to a time; false if it still ran then.
     *
     * @param timeout how long, at most
     * @return false if it still ran then
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean join(Duration timeout) throws InterruptedException {
        boolean ended = started().waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (ended) {
            settle();
        }
        return ended;
    }

    /**
     * Completes when it has ended, as {@link Process#onExit()}; never if it is not started.
     *
     * @return a future of the result
     */
    public CompletableFuture<ManagedProcess> onExit() {
        return exit.copy();
    }

    /** What follows an end, removal from the list of children among it, has happened too when join returns. */
    private void settle() throws InterruptedException {
        Thread t;
        synchronized (this) {
            t = watcher;
        }
        if (t != null && t != Thread.currentThread()) {
            t.join();
        }
    }

    /** {@return whether it was started and has not ended} */
    public synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Asks it to end: SIGTERM. Its shutdown hooks run. Does not wait. */
    public void terminate() {
        boolean ignored = started().toHandle().destroy();
    }

    /** Ends it at once: SIGKILL. Does not wait for its end. */
    public void kill() {
        boolean ignored = started().toHandle().destroyForcibly();
    }

    /**
     * {@return how it ended: 0 after an ordinary end, 1 after an exception, the argument of {@code System.exit}, or minus the number of the
     * signal that ended it (-15 after {@link #terminate}, -9 after {@link #kill})} Empty while it runs. The JVM tells a signal N and {@code
     * System.exit(128 + N)} in the same way, so the latter is read as the former.
     */
    public synchronized OptionalInt exitCode() {
        Process p = process;
        if (p == null || p.isAlive()) {
            return OptionalInt.empty();
        }
        int code = p.exitValue();
        return OptionalInt.of(code > 128 && code < 160 ? 128 - code : code);
    }

    /** {@return the stack trace of the exception that ended it, as text; empty if none did, or while it runs} */
    public synchronized Optional<String> failure() {
        CompletableFuture<String> text = report;
        return text == null || isAlive() ? Optional.empty() : Optional.ofNullable(text.getNow(null));
    }

    /** {@return its process id} */
    public long pid() {
        return started().pid();
    }

    /** {@return the name of the process} */
    public synchronized String name() {
        return name;
    }

    /** {@return whether it ends with this process} */
    public synchronized boolean isDaemon() {
        return daemon;
    }

    // ---- this process and its relatives

    /**
     * This process: {@code MainProcess}, or what its parent called it.
     *
     * @return facts of this process
     */
    public static ProcessInfo currentProcess() {
        return ProcessInfo.current();
    }

    /** {@return the process that started this one, if it was started by the library} */
    public static Optional<ProcessInfo> parentProcess() {
        return Optional.ofNullable(ProcessInfo.parent());
    }

    /** {@return the manager that came to this process with its arguments, connected; it is closed when the process ends} */
    public static Optional<Manager> currentManager() {
        return Optional.ofNullable(ChildMain.manager());
    }

    /** {@return the children of this process that have been started and have not ended} */
    public static List<ManagedProcess> activeChildren() {
        return Children.active();
    }

    /** {@return how many processors this JVM may use} */
    public static int cpuCount() {
        return Runtime.getRuntime().availableProcessors();
    }

    /**
     * How processes are started unless they say otherwise. Default SPAWN.
     *
     * @param how the way
     * @throws UnsupportedOperationException for FORK
     */
    public static void setStartMethod(StartMethod how) {
        usual = how.possible();
    }

    /**
     * How processes are started unless they say otherwise: Python's {@code get_start_method}.
     *
     * @return what {@link #setStartMethod} has set last, SPAWN before
     */
    public static StartMethod getStartMethod() {
        return usual;
    }

    /**
     * Keeps a number of JVMs waiting for {@link StartMethod#FORKSERVER}; 0 ends those that wait. They are filled up in the background.
     *
     * @param reserve how many JVMs wait
     */
    public static void forkserver(int reserve) {
        if (reserve < 0) {
            throw new IllegalArgumentException("a reserve is 0 or more, not " + reserve);
        }
        Launcher.reserve(reserve);
    }

    /** {@return how many JVMs wait in the forkserver's reserve now} */
    public static int forkserverReserve() {
        return Launcher.waiting();
    }

    @Override
    public synchronized String toString() {
        Process p = process;
        return name + (p == null ? " (not started)" : " (pid " + p.pid() + (p.isAlive() ? ")" : ", ended)"));
    }
}
