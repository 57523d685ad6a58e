package io.multiproc.client.process;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Proxy;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.Parcel;
import io.multiproc.client.internal.code.ValueCodec;
import io.multiproc.client.internal.log.EventLog;
import io.multiproc.client.internal.os.Platform;
import io.multiproc.client.internal.os.RunningProcess;
import io.multiproc.client.pipe.Connection;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
 * <p>More arguments than four, or a chain that reads as Python's keyword arguments: {@link #of(Target.Of1)}.
 *
 * <p>The child is a JVM with this one's class path, module path, flags and system properties. Code travels by name, values through the
 * checked serialisation that managers use: objects of user classes must be registered or in an allowed package ({@link #allow}); the
 * package of the code's own class is allowed, that of classes without one too. A subclass's fields travel the same way. Proxies among the arguments are live in
 * the child, which connects to their manager.
 *
 * <p>The program waits at its end for children that are no daemons; {@code System.exit} does not wait. Daemons end with
 * this process, also if it is killed, within about a second. All methods may be called by any thread.
 */
public class ManagedProcess extends ProcessTargets {
    private static final AtomicLong NUMBERS = new AtomicLong();
    /** The exit codes of a JVM that refuses its options, and whose debugger's port is in use. */
    private static final int REFUSED = 1;

    private static final int REFUSED_BY_AGENT = 2;
    private static volatile StartMethod usual = StartMethod.SPAWN;

    // a subclass's fields travel, these do not
    private final transient @Nullable Code code;
    private final transient List<? extends @Nullable Object> arguments;
    private transient String name = "Process-" + NUMBERS.incrementAndGet();
    private transient boolean daemon;
    private transient StartMethod method = usual;
    private transient ManagerOptions classes = ManagerOptions.defaults();
    private transient @Nullable Manager manager;
    private transient ChildOptions options = ChildOptions.defaults();
    private transient @Nullable RunningChild child;
    private transient @Nullable String refusal;
    private transient @Nullable CompletableFuture<String> report;
    private transient @Nullable Thread watcher;
    private final transient CompletableFuture<ManagedProcess> exit = new CompletableFuture<>();

    /** For subclasses, which override {@link #run()}. */
    protected ManagedProcess() {
        code = null;
        arguments = List.of();
    }

    ManagedProcess(Code code, List<? extends @Nullable Object> arguments) {
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
     * What its JVM is given: heap, flags, environment, files, a debugger's port and more. Earlier options are forgotten.
     *
     * @param child the options
     * @return this
     */
    public synchronized ManagedProcess options(ChildOptions child) {
        notStarted();
        options = child;
        return this;
    }

    /**
     * The processors it may run on: before its start as {@link ChildOptions#withAffinity}, afterwards at once, for all of its threads. The child's {@code
     * availableProcessors} follows within a moment; what it has sized by that stays.
     *
     * @param processors their numbers, from 0
     * @return this
     * @throws IllegalArgumentException if there is none, or a negative one
     * @throws IllegalStateException if it has ended, or the system refuses
     * @throws UnsupportedOperationException for a running process if the system is not Linux, or lacks {@code taskset} where the JVM may not call the system
     */
    public synchronized ManagedProcess affinity(int... processors) {
        if (child == null) {
            options = options.withAffinity(processors);
        } else {
            running().affinity(ChildOptions.processors(processors));
        }
        return this;
    }

    /**
     * {@return the numbers of the processors on which it may run now}
     *
     * @throws IllegalStateException if it was not started or has ended
     * @throws UnsupportedOperationException if the system has no {@code /proc}
     */
    public List<Integer> affinity() {
        return running().affinity();
    }

    /**
     * What is added to the niceness of this process: before its start as {@link ChildOptions#withNiceness}, afterwards at once, for all of its threads. Less than
     * it has needs privileges.
     *
     * @param increment what is added, -20 to 19
     * @return this
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it has ended, or the system refuses
     * @throws UnsupportedOperationException for a running process if the system is not Linux, or lacks {@code renice} where the JVM may not call the system
     */
    public synchronized ManagedProcess niceness(int increment) {
        if (child == null) {
            options = options.withNiceness(increment);
        } else {
            int own = new RunningProcess(
                            Platform.current(), ProcessHandle.current().pid())
                    .niceness();
            running().niceness(Math.max(-20, Math.min(19, own + ChildOptions.niceness(increment))));
        }
        return this;
    }

    /**
     * {@return the niceness that it has, -20 to 19}
     *
     * @throws IllegalStateException if it was not started or has ended
     * @throws UnsupportedOperationException if the system has no {@code /proc}
     */
    public int niceness() {
        return running().niceness();
    }

    /**
     * {@return its memory, as the system counts it}
     *
     * @throws IllegalStateException if it was not started or has ended
     * @throws UnsupportedOperationException if the system has no {@code /proc}
     */
    public ProcessMemory memory() {
        long[] bytes = running().memory();
        return new ProcessMemory(bytes[0], bytes[1]);
    }

    private RunningProcess running() {
        return started().system();
    }

    private void notStarted() {
        if (child != null) {
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
     * @throws UncheckedIOException if the system does not start a process, or a file or folder of its options is not there
     * @throws UnsupportedOperationException if affinity or niceness was asked for and the system has not the program for it
     */
    public synchronized void start() {
        if (child != null) {
            throw new IllegalStateException(name + " was started before: make a new ManagedProcess for each run");
        }
        Code target = code;
        Tuple task = target == null ? ProcessTask.of(this) : ProcessTask.of(target, arguments);
        Manager given = manager;
        Manager ofProxies = ProcessTask.managerOf(task);
        if (given != null && ofProxies != null && given != ofProxies) {
            throw new IllegalArgumentException(
                    "the proxies among the arguments belong to another manager than the one given");
        }
        Manager m = ofProxies != null ? ofProxies : given;
        ManagerOptions readable = ChildBootstrap.options(m, classes, ProcessTask.home(task));
        ValueCodec codec = ChildBootstrap.codec(readable);
        String token = FailureReports.token();
        String parcel = "multiproc.process." + token;
        boolean sent = false;
        try {
            FailureReports reports = FailureReports.open();
            byte[] bootstrap = ChildBootstrap.CODEC.write(ChildBootstrap.of(
                    name, daemon, readable, options, m, ofProxies == null ? null : parcel, reports.port(), token));
            byte[] body = new byte[0];
            if (ofProxies == null) {
                body = ProcessTask.write(task, codec);
            } else {
                ProcessTask.check(task, codec);
                ofProxies.list(parcel).append(Parcel.pack(codec, task, p -> Manager.of((Proxy) p) == ofProxies));
            }
            CompletableFuture<String> text = reports.expect(token);
            ChildJvm made = method == StartMethod.FORKSERVER
                    ? Launcher.warm(ProcessTask.home(task), options)
                    : Launcher.spawned(ProcessTask.home(task), options);
            Process started = made.process();
            child = new RunningChild(name, made, m);
            report = text;
            Children.add(this);
            EventLog.debug("starting process " + name + " (pid " + started.pid() + ")");
            tell(started, bootstrap, body);
            sent = true;
            watch(child, token, ofProxies, parcel, ProcessTask.pipesOf(task));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name + ": " + e.getMessage(), e);
        } finally {
            if (!sent && ofProxies != null && ofProxies.isOpen()) {
                boolean ignored = ofProxies.delete(parcel);
            }
        }
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

    private void watch(
            RunningChild running, String token, @Nullable Manager owner, String parcel, List<Connection> pipes) {
        ChildJvm made = running.jvm();
        Process started = made.process();
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
                    findRefusal(made);
                    running.nobodyAnswers();
                    try {
                        ProfilePart profile = made.profile();
                        if (profile != null) {
                            profile.end();
                        }
                        FailureReports.open().forget(token);
                        started.getOutputStream().close();
                        if (owner != null && owner.isOpen()) {
                            owner.delete(parcel);
                        }
                    } catch (IOException | RuntimeException e) {
                        EventLog.debug("after the end of " + name, e);
                    }
                    exit.complete(this);
                },
                "multiproc-" + name);
        // the JVM itself then waits for a child that is no daemon
        t.setDaemon(daemon);
        t.start();
        watcher = t;
    }

    synchronized boolean isProfiled() {
        return child != null && child.jvm().profile() != null;
    }

    /** After its end. */
    private void findRefusal(ChildJvm made) {
        int code = made.process().exitValue();
        CompletableFuture<String> text;
        synchronized (this) {
            text = report;
        }
        if ((code == REFUSED || code == REFUSED_BY_AGENT) && text != null && !text.isDone()) {
            String found = JvmFlags.refusal(made);
            synchronized (this) {
                refusal = found;
            }
        }
    }

    /** A subclass's object in the child: it knows its name there. */
    final synchronized void becomeCurrent() {
        name = ProcessInfo.current().name();
        daemon = ProcessInfo.current().daemon();
    }

    private synchronized RunningChild started() {
        RunningChild c = child;
        if (c == null) {
            throw new IllegalStateException(name() + " was not started");
        }
        return c;
    }

    /**
     * Waits until it has ended.
     *
     * @throws IllegalStateException if it was not started
     * @throws InterruptedException if this thread is interrupted
     */
    public void join() throws InterruptedException {
        started().process().waitFor();
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
        boolean ended = started().process().waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
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
        return child != null && child.process().isAlive();
    }

    /**
     * Interrupts the thread of its target, as Python's {@code interrupt} does: a call that waits throws {@link InterruptedException}, the target's {@code
     * finally} blocks run, and an exception that it does not catch ends the process with exit code 1. Code that neither waits nor looks at {@link
     * Thread#interrupted} is not stopped, nor is a {@code Lock.lock()}, by its contract; {@link #end} goes further. Reaches a child that waits for a manager, and one that is being
     * started, as soon as its target begins. A paused one learns it when it is resumed. Does nothing to one that has ended, or whose target is done. Does
     * not wait.
     *
     * @throws IllegalStateException if it was not started
     */
    public void interrupt() {
        started().interrupt();
    }

    /**
     * Ends it gracefully: interrupts it; if it still runs after a time, SIGTERM, for which its shutdown hooks run; after the same time once more, SIGKILL.
     * Returns when it has ended. One that is paused is resumed first. If this thread is interrupted it is killed at once.
     *
     * @param patience how long each step is waited for
     * @return whether it ended without being killed
     * @throws IllegalStateException if it was not started
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean end(Duration patience) throws InterruptedException {
        boolean done = false;
        try {
            if (isPaused()) {
                resume();
            }
            interrupt();
            done = join(patience);
            if (!done) {
                terminate();
                done = join(patience);
            }
        } finally {
            if (!done) {
                kill();
            }
        }
        if (!done) {
            join();
        }
        return done;
    }

    /**
     * Stops all of its threads until {@link #resume}: SIGSTOP. It keeps its memory and its locks. To its manager it is silent: after the lease ({@code
     * withLease}, 30 s) its session ends, its locks are released, and when it goes on its calls throw {@link io.multiproc.client.SessionExpiredException}. {@link
     * #join()} waits on, {@code join(timeout)} returns false; {@link #kill} ends it, {@link #terminate} and {@link #interrupt} once it is resumed. At the end of this program it is
     * resumed, so that a daemon can end. A second call does nothing.
     *
     * @throws IllegalStateException if it was not started or has ended
     * @throws UnsupportedOperationException if the system has no such signal
     */
    public void pause() {
        Children.resumeAtEnd();
        started().stop(true);
    }

    /**
     * Lets it go on after {@link #pause}: SIGCONT. Does nothing to one that runs.
     *
     * @throws IllegalStateException if it was not started or has ended
     * @throws UnsupportedOperationException if the system has no such signal
     */
    public void resume() {
        started().stop(false);
    }

    /** {@return whether it is stopped, by {@link #pause} or, where the system tells, by somebody else's signal} False once it has ended. */
    public boolean isPaused() {
        RunningChild c = childOrNull();
        return c != null && c.isPaused();
    }

    /**
     * What it does now: whether the thread of its target has something to do, or waits, and for what. The child is asked, which takes a millisecond; one that does not
     * answer within a second, as it is being started or a debugger holds it, counts as running. What waits is told from that thread's stack, so it names the method
     * ({@code QueueProxy.take}, {@code Thread.sleep}); for a lock of a manager, the manager is asked for its name and owner too, one round trip. Other threads of the child do not count.
     *
     * @return the state
     */
    public ProcessState state() {
        RunningChild c = childOrNull();
        return c == null ? ProcessState.of(ProcessState.Kind.CREATED) : c.state();
    }

    private synchronized @Nullable RunningChild childOrNull() {
        return child;
    }

    /** Asks it to end: SIGTERM. Its shutdown hooks run. Does not wait. */
    public void terminate() {
        boolean ignored = started().process().toHandle().destroy();
    }

    /** Ends it at once: SIGKILL. Does not wait for its end. */
    public void kill() {
        boolean ignored = started().process().toHandle().destroyForcibly();
    }

    /**
     * {@return how it ended: 0 after an ordinary end, 1 after an exception, the argument of {@code System.exit}, or minus the number of the
     * signal that ended it (-15 after {@link #terminate}, -9 after {@link #kill})} Empty while it runs. The JVM tells a signal N and {@code
     * System.exit(128 + N)} in the same way, so the latter is read as the former.
     */
    public synchronized OptionalInt exitCode() {
        return child == null ? OptionalInt.empty() : child.exitCode();
    }

    /**
     * {@return the stack trace of the exception that ended it, as text, or what its JVM said if it refused its options; empty if neither, or while it runs} It
     * is there when {@link #join} has returned.
     */
    public synchronized Optional<String> failure() {
        CompletableFuture<String> text = report;
        if (text == null || isAlive()) {
            return Optional.empty();
        }
        String stack = text.getNow("");
        return stack.isEmpty() ? Optional.ofNullable(refusal) : Optional.of(stack);
    }

    /**
     * {@return what its JVM said when it refused its options, so that nothing of the program ran; empty otherwise} It is there when {@link #join}
     * has returned. The JVM is asked once more for that, about 50 milliseconds.
     */
    public synchronized Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    /**
     * {@return where a debugger can attach; empty without {@link ChildOptions#withDebug(int)}}
     *
     * @throws IllegalStateException if it was not started
     */
    public synchronized Optional<InetSocketAddress> debugAddress() {
        int port = started().jvm().debugPort();
        return port < 0 ? Optional.empty() : Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** {@return its process id} */
    public long pid() {
        return started().process().pid();
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
     * <p>Unless this is called, a program that starts processes or pools again and again has some waiting by itself, for {@link StartMethod#SPAWN} too: from the second time
     * on, if that is more than a second after the first, as many as it started at a time, at most one for each processor. They end when nothing was started for ten seconds. 0 keeps
     * from it.
     *
     * @param reserve how many JVMs wait
     */
    public static void forkserver(int reserve) {
        forkserver(reserve, ChildOptions.defaults());
    }

    /**
     * As {@link #forkserver(int)}, with options. A process takes a waiting JVM only if its own options are equal; otherwise one is spawned for it.
     * Waiting JVMs of other options end.
     *
     * @param reserve how many JVMs wait
     * @param options what they are given
     */
    public static void forkserver(int reserve, ChildOptions options) {
        if (reserve < 0) {
            throw new IllegalArgumentException("a reserve is 0 or more, not " + reserve);
        }
        Launcher.reserve(reserve, options);
    }

    /** {@return how many JVMs wait in the forkserver's reserve now} */
    public static int forkserverReserve() {
        return Launcher.waiting();
    }

    @Override
    public synchronized String toString() {
        Process p = child == null ? null : child.process();
        return name + (p == null ? " (not started)" : " (pid " + p.pid() + (p.isAlive() ? ")" : ", ended)"));
    }
}
