package io.multiproc.client.process;

import io.multiproc.client.internal.code.JavaCommand;
import io.multiproc.client.internal.code.SourceProgram;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Starts child JVMs, and keeps the forkserver's reserve of waiting ones. Thread-safe. */
final class Launcher {
    /** Flags that belong to one process: ports, files, agents. Everything else a child inherits. */
    private static final List<String> OWN = List.of(
            "-agentlib:jdwp",
            "-Xrunjdwp",
            "-javaagent:",
            "-Dcom.sun.management.jmxremote",
            "-Xlog:",
            "-Xloggc:",
            "-XX:ArchiveClassesAtExit",
            "-XX:+AutoCreateSharedArchive",
            "-XX:HeapDumpPath",
            "-XX:FlightRecorderOptions",
            "-XX:StartFlightRecording",
            "-XX:AOTCacheOutput",
            "-XX:AOTMode",
            "-XX:AOTConfiguration");

    /** Flags that bring classes which are on no class path. */
    private static final List<String> BRINGING = List.of("-Xbootclasspath", "--patch-module", "--upgrade-module-path");

    /** A JVM that starts takes a processor for half a second: the one that was just given its work goes first. */
    private static final long GIVE_WAY_MILLIS = 200;

    private static final int MAX_HOMES = 32;
    private static final long FAREWELL_SECONDS = 5;

    /**
     * A JVM that waits.
     *
     * @param classes the class path as it was before it was started, if it must not be older than that; else null
     */
    private record Waiting(ChildJvm jvm, @Nullable ClassPathListing classes) {
        boolean isAlive() {
            return jvm.process().isAlive();
        }
    }

    private static final Deque<Waiting> RESERVE = new ArrayDeque<>();

    /** The classes that targets were written in, the program's own first: a waiting JVM loads them, as Python's does its main module. */
    private static final Set<String> HOMES = new LinkedHashSet<>(program());

    private static final RecentStarts RECENT =
            new RecentStarts(Runtime.getRuntime().availableProcessors());

    private static ChildOptions reserved = ChildOptions.defaults();
    private static int wanted;
    private static boolean filling;
    /** The program says itself how many wait. */
    private static boolean chosen;

    private static boolean lookingWhetherIdle;

    private Launcher() {}

    private static final class Flags {
        /** Read once: the management classes take a tenth of a second. */
        static final List<String> INHERITED = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> OWN.stream().noneMatch(a::startsWith))
                .toList();
    }

    /** The flags of this JVM that a child has, too. */
    static List<String> inherited() {
        return Flags.INHERITED;
    }

    /**
     * The JDK's selectors, or the provider that the class path has instead. A JVM opens all jars of its class path to find out, which takes longer than
     * all else that a child does: it is told what its parent found.
     */
    private static final class Selectors {
        private static final String PROPERTY = "java.nio.channels.spi.SelectorProvider";
        private static volatile @Nullable String found;

        static {
            Thread finder = new Thread(
                    () -> found = SelectorProvider.provider().getClass().getName(), "multiproc-selectors");
            finder.setDaemon(true);
            finder.start();
        }

        /** Nothing as long as it is not known here either. */
        static List<String> flags() {
            String name = found;
            return name == null || System.getProperty(PROPERTY) != null
                    ? List.of()
                    : List.of("-D" + PROPERTY + "=" + name);
        }
    }

    /** A fresh JVM that waits for its bootstrap message on standard input. */
    static ChildJvm fresh(ChildOptions options) throws IOException {
        return fresh(options, List.of());
    }

    private static ChildJvm fresh(ChildOptions options, List<String> arguments) throws IOException {
        return JvmFlags.start(options, Flags.INHERITED, (inherited, own) -> {
            ClassDataArchive.Use archive = ClassDataArchive.use(Flags.INHERITED, own);
            List<String> command = withClassPath(java(archive.flags(), inherited, own), archive.classPath());
            command.addAll(arguments);
            return command;
        });
    }

    /** The command of a child, with flags of its own before those that it inherits. */
    static List<String> java(List<String> flags) {
        return java(flags, Flags.INHERITED, List.of());
    }

    /** The same, with those that it inherits, and those of its options behind them. */
    private static List<String> java(List<String> flags, List<String> inherited, List<String> own) {
        List<String> command = new ArrayList<>();
        command.add(JvmFlags.java());
        command.addAll(flags);
        command.addAll(inherited);
        command.addAll(own);
        command.addAll(Selectors.flags());
        command.addAll(JavaCommand.run(ChildMain.class.getName(), ChildMain.class));
        return command;
    }

    /** A command of this class with another class path, or as it is. */
    static List<String> withClassPath(List<String> command, @Nullable String classPath) {
        int at = command.lastIndexOf("-cp");
        if (classPath != null && at >= 0) {
            command.set(at + 1, classPath);
        }
        return command;
    }

    /** The classes that targets were written in, as far as they are known. */
    static List<String> homes() {
        synchronized (RESERVE) {
            return List.copyOf(HOMES);
        }
    }

    /** How many JVMs wait in reserve from now on, with what options; started in the background. */
    static void reserve(int count, ChildOptions options) {
        List<Waiting> tooMany = new ArrayList<>();
        synchronized (RESERVE) {
            chosen = true;
            wanted = count;
            boolean others = !reserved.equals(options);
            reserved = options;
            while (RESERVE.size() > (others ? 0 : count)) {
                tooMany.add(RESERVE.removeLast());
            }
        }
        endAll(tooMany);
        fill(0);
    }

    private static void endAll(List<Waiting> unused) {
        for (Waiting w : unused) {
            var ignored = end(w);
        }
    }

    private static CompletableFuture<?> end(Waiting waiting) {
        ChildJvm unused = waiting.jvm();
        ProfilePart profile = unused.profile();
        // one that is still starting would say on the program's output that its start or its recorder failed
        Process ignored = unused.process().destroyForcibly();
        if (profile == null) {
            return CompletableFuture.completedFuture(null);
        }
        return unused.process().onExit().thenRun(() -> {
            try {
                profile.forget();
            } catch (IOException e) {
                // it leaves files, and nobody to tell
            }
        });
    }

    /** At the end of a program whose JVMs in reserve record: with what they have recorded of nothing. */
    static void endReserve() {
        List<Waiting> all;
        synchronized (RESERVE) {
            wanted = 0;
            all = List.copyOf(RESERVE);
            RESERVE.clear();
        }
        CompletableFuture<?> ends =
                CompletableFuture.allOf(all.stream().map(Launcher::end).toArray(CompletableFuture<?>[]::new));
        try {
            Object ignored = ends.get(FAREWELL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            // they end with this process
        }
    }

    static int waiting() {
        synchronized (RESERVE) {
            RESERVE.removeIf(w -> !w.isAlive());
            return RESERVE.size();
        }
    }

    /** The program's main class, if the command line has it: {@code java -jar} has a file there, a source file its compiler. */
    private static List<String> program() {
        String command = System.getProperty("sun.java.command", "");
        String first = command.substring(0, (command + " ").indexOf(' '));
        String name = first.substring(first.indexOf('/') + 1);
        return SourceProgram.isRunning() || !JavaCommand.onClassPath(name) ? List.of() : List.of(name);
    }

    /** A JVM that has run nothing, for code of a class: one that waits because the program starts processes again and again, or a fresh one. */
    static ChildJvm spawned(String home, ChildOptions options) throws IOException {
        synchronized (RESERVE) {
            if (chosen) {
                // those that wait are for who asks for them
                return fresh(options);
            }
        }
        return warm(home, options);
    }

    /** Unless the program says how many JVMs wait, its habit does. */
    private static void learn(ChildOptions options) {
        synchronized (RESERVE) {
            if (chosen || !options.equals(ChildOptions.defaults())) {
                return;
            }
            RECENT.started(System.nanoTime());
            wanted = RECENT.worthWaiting(System.nanoTime());
            if (wanted > 0 && !lookingWhetherIdle) {
                lookingWhetherIdle = true;
                lookWhetherIdleLater();
            }
        }
    }

    private static void lookWhetherIdleLater() {
        CompletableFuture.delayedExecutor(RecentStarts.IDLE, TimeUnit.NANOSECONDS)
                .execute(Launcher::lookWhetherIdle);
    }

    private static void lookWhetherIdle() {
        List<Waiting> idle = List.of();
        synchronized (RESERVE) {
            lookingWhetherIdle = false;
            if (chosen) {
                return;
            }
            wanted = RECENT.worthWaiting(System.nanoTime());
            if (wanted > 0) {
                lookingWhetherIdle = true;
                lookWhetherIdleLater();
            } else {
                idle = List.copyOf(RESERVE);
                RESERVE.clear();
            }
        }
        endAll(idle);
    }

    /** A waiting JVM, or a fresh one if none waits with these options, for code of a class. */
    static ChildJvm warm(String home, ChildOptions options) throws IOException {
        learn(options);
        boolean some;
        synchronized (RESERVE) {
            if (HOMES.size() < MAX_HOMES) {
                HOMES.add(home);
            }
            some = !RESERVE.isEmpty() && reserved.equals(options);
        }
        ChildJvm found = some ? take() : null;
        fill(found == null ? 0 : GIVE_WAY_MILLIS);
        return found != null ? found : fresh(options);
    }

    /** One that waits, lives and would find the same classes if it were started now; or null. */
    private static @Nullable ChildJvm take() {
        ClassPathListing now = null;
        List<Waiting> old = new ArrayList<>();
        Waiting found = null;
        boolean more = true;
        while (more) {
            synchronized (RESERVE) {
                found = RESERVE.poll();
            }
            if (found != null && found.classes() != null && now == null) {
                now = listing();
            }
            boolean suits =
                    found != null && (found.classes() == null || found.classes().equals(now));
            if (found != null && !suits) {
                old.add(found);
            }
            more = found != null && !(suits && found.isAlive());
        }
        endAll(old);
        return found == null ? null : found.jvm();
    }

    /** Of all places where a child finds classes; null if some cannot be listed. */
    private static @Nullable ClassPathListing listing() {
        if (Flags.INHERITED.stream().anyMatch(f -> BRINGING.stream().anyMatch(f::startsWith))) {
            return null;
        }
        List<String> command = JavaCommand.run(ChildMain.class.getName(), ChildMain.class);
        List<String> paths = new ArrayList<>();
        for (int i = 1; i < command.size(); i++) {
            if (JvmFlags.isBeforePath(command.get(i - 1))) {
                paths.add(command.get(i));
            }
        }
        return ClassPathListing.of(String.join(File.pathSeparator, paths));
    }

    private static void fill(long delay) {
        synchronized (RESERVE) {
            if (filling || RESERVE.size() >= wanted) {
                return;
            }
            filling = true;
        }
        Thread filler = new Thread(() -> fillUp(delay), "multiproc-forkserver");
        filler.setDaemon(true);
        filler.start();
    }

    private static void fillUp(long delay) {
        try {
            TimeUnit.MILLISECONDS.sleep(delay);
        } catch (InterruptedException e) {
            // nobody has a reason to: then at once
        }
        while (true) {
            List<String> arguments = new ArrayList<>();
            ChildOptions options;
            boolean asked;
            synchronized (RESERVE) {
                asked = chosen;
            }
            ClassPathListing classes = asked ? null : listing();
            synchronized (RESERVE) {
                if (RESERVE.size() >= wanted || !asked && !isSettled(classes)) {
                    filling = false;
                    return;
                }
                arguments.add(asked ? ChildMain.RESERVE : ChildMain.LIGHT_RESERVE);
                arguments.addAll(HOMES);
                options = reserved;
            }
            try {
                Waiting w = new Waiting(fresh(options, arguments), classes);
                boolean tooLate;
                synchronized (RESERVE) {
                    tooLate = !reserved.equals(options) || RESERVE.size() >= wanted;
                    if (!tooLate) {
                        RESERVE.add(w);
                    }
                }
                if (tooLate) {
                    var unused = end(w);
                }
            } catch (IOException | RuntimeException e) {
                synchronized (RESERVE) {
                    filling = false;
                }
                // the next start spawns, and says why if that fails too
                return;
            }
        }
    }

    /** Whether nothing can have changed unseen. */
    private static boolean isSettled(@Nullable ClassPathListing classes) {
        return classes != null && classes.unsettled().compareTo(Duration.ZERO) <= 0;
    }
}
