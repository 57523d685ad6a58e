package io.multiproc.client.process;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Options of a child JVM: heap, collector, properties, environment, files, processors, debugger, profile. Immutable; each {@code with} method
 * returns a changed copy. For {@link ManagedProcess#options}, pools and {@link ManagedProcess#forkserver(int, ChildOptions)}.
 *
 * <p>What is not said here a child has from this JVM: its flags, system properties, environment, directory, output and error.
 *
 * <p><b>Options that a JVM refuses</b>, as a heap that is too small, an unknown flag or a debugger's port in use, end the child before it runs
 * anything. {@link ManagedProcess#failure} then has the JVM's own message, and a pool breaks with it at once. They are not
 * checked before the start, because only a JVM knows them.
 *
 * <p><b>Open files.</b> A child has standard input, output and error, and no other descriptor of this process: a JVM cannot hand on others. Ends of
 * pipes ({@link io.multiproc.client.pipe.Connection}) travel as arguments, files by their paths; sockets do not travel.
 */
public final class ChildOptions {
    private static final Pattern SIZE = Pattern.compile("[1-9][0-9]{0,17}[kKmMgGtT]?");
    private static final ChildOptions DEFAULTS = new ChildOptions();

    /** What would take the place of the child's main class or of its class path, or end the JVM before it runs. */
    private static final Set<String> NOT_OURS = Set.of(
            "-cp",
            "-classpath",
            "--class-path",
            "-jar",
            "-m",
            "--module",
            "-p",
            "--module-path",
            "-version",
            "--version",
            "-help",
            "--help",
            "-h",
            "-?",
            "-X",
            "--help-extra",
            "--dry-run",
            "--list-modules",
            "--describe-module",
            "-d",
            "--validate-modules",
            "--source",
            "-Xshare:dump");

    private static final Set<String> NOT_PROPERTIES = Set.of("java.class.path", "jdk.module.path", "java.home");

    private static final int MAX_PORT = 0xFFFF;

    private @Nullable String maxHeap;
    private List<String> jvmOptions = List.of();
    private Map<String, String> systemProperties = Map.of();
    private Map<String, @Nullable String> environment = Map.of();
    private @Nullable Path directory;
    private @Nullable Path input;
    private Redirect output = Redirect.INHERIT;
    private Redirect error = Redirect.INHERIT;
    private List<Integer> affinity = List.of();
    private int niceness;
    private int debugPort = -1;
    private boolean suspended;
    private @Nullable Path profile;

    private ChildOptions() {}

    private ChildOptions(ChildOptions o) {
        maxHeap = o.maxHeap;
        jvmOptions = o.jvmOptions;
        systemProperties = o.systemProperties;
        environment = o.environment;
        directory = o.directory;
        input = o.input;
        output = o.output;
        error = o.error;
        affinity = o.affinity;
        niceness = o.niceness;
        debugPort = o.debugPort;
        suspended = o.suspended;
        profile = o.profile;
    }

    /** {@return options of a child that has everything from this JVM} */
    public static ChildOptions defaults() {
        return DEFAULTS;
    }

    /**
     * {@return options with a largest heap: {@code -Xmx}} An initial heap that this JVM was given is not handed on then.
     *
     * @param size bytes, or with {@code k}, {@code m} or {@code g} behind it, as in {@code 256m}
     * @throws IllegalArgumentException if it is no size
     */
    public ChildOptions withMaxHeap(String size) {
        if (!SIZE.matcher(size).matches()) {
            throw new IllegalArgumentException("a heap's size is a number of bytes, or with k, m or g behind it, as in"
                    + " 256m, not '" + size + "'");
        }
        ChildOptions c = new ChildOptions(this);
        c.maxHeap = size;
        return c;
    }

    /**
     * {@return options with more of the JVM's own} They come behind those of this JVM, so they count where both say something. A collector among
     * them takes the place of this JVM's. They are on the child's command line, which other users can see.
     *
     * @param options one word each, as {@code -XX:+UseSerialGC} or {@code --add-opens=java.base/java.lang=ALL-UNNAMED}
     * @throws IllegalArgumentException if one is no option, names a main class or a class path, or has its value in the next word
     */
    public ChildOptions withJvmOptions(String... options) {
        List<String> all = new ArrayList<>(jvmOptions);
        for (String o : options) {
            all.add(checked(o));
        }
        ChildOptions c = new ChildOptions(this);
        c.jvmOptions = List.copyOf(all);
        return c;
    }

    private static String checked(String option) {
        int equals = option.indexOf('=');
        String name = equals < 0 ? option : option.substring(0, equals);
        if (!option.startsWith("-") || option.length() < 2 || option.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("'" + option
                    + "' is no option of a JVM: each begins with - and is one word, as --add-opens=a/b=ALL-UNNAMED");
        }
        if (NOT_OURS.contains(name) || name.startsWith("-Djava.class.path")) {
            throw new IllegalArgumentException(
                    "'" + option + "' would keep the child from running its task: it has this program's classes");
        }
        if (option.startsWith("--")
                && equals < 0
                && option.matches("--(add|limit|patch|enable|upgrade).*")
                && !option.equals("--enable-preview")) {
            throw new IllegalArgumentException(
                    "'" + option + "' takes the next word as its value: write it as " + option + "=value");
        }
        return option;
    }

    /**
     * {@return options with a system property} It takes the place of this JVM's property of the name. Properties of the JVM's own ({@code java.},
     * {@code jdk.} …) are on the child's command line, which other users can see; others are not.
     *
     * @param key the name
     * @param value the value
     * @throws IllegalArgumentException if the name is empty, has a {@code =}, or is that of the class path
     */
    public ChildOptions withSystemProperty(String key, String value) {
        if (key.isEmpty() || key.indexOf('=') >= 0 || NOT_PROPERTIES.contains(key)) {
            throw new IllegalArgumentException("'" + key + "' cannot be set as a system property of a child");
        }
        ChildOptions c = new ChildOptions(this);
        Map<String, String> all = new LinkedHashMap<>(systemProperties);
        all.put(key, Objects.requireNonNull(value, "value"));
        c.systemProperties = Collections.unmodifiableMap(all);
        return c;
    }

    /**
     * {@return options with a variable of the environment}
     *
     * @param key the name
     * @param value the value
     * @throws IllegalArgumentException if the system does not allow such a name or value
     */
    public ChildOptions withEnvironment(String key, String value) {
        Map<String, String> trial = new ProcessBuilder().environment();
        // the system's own rules
        trial.put(key, value);
        return environment(key, value);
    }

    /**
     * {@return options without a variable of this process's environment}
     *
     * @param key the name
     */
    public ChildOptions withoutEnvironment(String key) {
        return environment(key, null);
    }

    private ChildOptions environment(String key, @Nullable String value) {
        ChildOptions c = new ChildOptions(this);
        Map<String, @Nullable String> all = new LinkedHashMap<>(environment);
        all.put(key, value);
        c.environment = Collections.unmodifiableMap(all);
        return c;
    }

    /**
     * {@return options with a working directory} Folders and jars of the class path stay those of this process. Starting fails if it is not there.
     *
     * @param folder the directory
     */
    public ChildOptions withDirectory(Path folder) {
        ChildOptions c = new ChildOptions(this);
        c.directory = folder.toAbsolutePath();
        return c;
    }

    /**
     * {@return options with a file as {@link System#in} of the child's program} Without one it is empty. The process's own standard input is a pipe
     * from its parent, which children of the child's own that inherit it would read. Starting fails if the file cannot be read.
     *
     * @param file the file, relative to this process's directory
     */
    public ChildOptions withInput(Path file) {
        ChildOptions c = new ChildOptions(this);
        c.input = file.toAbsolutePath();
        return c;
    }

    /**
     * {@return options with another standard output} Default: that of this process. If this one's is closed the child's is no better: what it
     * prints is lost, and it runs on.
     *
     * @param to {@link Redirect#DISCARD}, {@link Redirect#INHERIT}, {@link Redirect#to} or {@link Redirect#appendTo}
     * @throws IllegalArgumentException for a pipe, which nobody would read: use {@link io.multiproc.client.pipe.Pipe}
     */
    public ChildOptions withOutput(Redirect to) {
        ChildOptions c = new ChildOptions(this);
        c.output = writable(to);
        return c;
    }

    /**
     * {@return options with another standard error} As {@link #withOutput}.
     *
     * @param to where it goes
     * @throws IllegalArgumentException for a pipe
     */
    public ChildOptions withError(Redirect to) {
        ChildOptions c = new ChildOptions(this);
        c.error = writable(to);
        return c;
    }

    private static Redirect writable(Redirect to) {
        if (to.type() == Redirect.Type.PIPE || to.type() == Redirect.Type.READ) {
            throw new IllegalArgumentException("output goes to a file, to nowhere or where this process's goes, not to "
                    + to + ": for a pipe, give the process an end of Pipe.open() as an argument");
        }
        return to;
    }

    /**
     * {@return options with the processors that it may run on} Starting needs the program {@code taskset} of Linux.
     *
     * @param processors their numbers, from 0, at least one
     * @throws IllegalArgumentException if there is none, or a negative one
     */
    public ChildOptions withAffinity(int... processors) {
        ChildOptions c = new ChildOptions(this);
        c.affinity = processors(processors);
        return c;
    }

    static List<Integer> processors(int... numbers) {
        if (numbers.length == 0 || Arrays.stream(numbers).anyMatch(p -> p < 0)) {
            throw new IllegalArgumentException(
                    "processors are numbers from 0, at least one: " + Arrays.toString(numbers));
        }
        return Arrays.stream(numbers).boxed().toList();
    }

    /**
     * {@return options with what is added to the niceness of this process} Starting needs the program {@code nice}.
     *
     * @param increment what is added, -20 to 19; less than 0 needs privileges
     * @throws IllegalArgumentException if it is out of range
     */
    public ChildOptions withNiceness(int increment) {
        ChildOptions c = new ChildOptions(this);
        c.niceness = niceness(increment);
        return c;
    }

    static int niceness(int increment) {
        if (increment < -20 || increment > 19) {
            throw new IllegalArgumentException("niceness is -20 to 19, not " + increment);
        }
        return increment;
    }

    /**
     * {@return options of a child to which a debugger can attach; it runs at once}
     *
     * @param port as for {@link #withDebug(int, boolean)}
     */
    public ChildOptions withDebug(int port) {
        return withDebug(port, false);
    }

    /**
     * {@return options of a child to which a debugger can attach over the loopback address: {@link ManagedProcess#debugAddress}} With suspension it waits for
     * the debugger before it runs anything. Of a pool, each worker has a port of its own: this one or the next ones.
     *
     * @param port the port, 0 for a free one; one in use is refused by the child's JVM
     * @param suspend whether the child waits for the debugger
     * @throws IllegalArgumentException if it is no port
     */
    public ChildOptions withDebug(int port, boolean suspend) {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("a port is 0 (a free one) to 65535, not " + port);
        }
        ChildOptions c = new ChildOptions(this);
        c.debugPort = port;
        c.suspended = suspend;
        return c;
    }

    /**
     * {@return options of a child that is profiled by JDK Flight Recorder} When a child ends, its recording is added to the file: that of a pool has all of
     * its workers, of every process that this program starts with the file. What an earlier program wrote is overwritten. Of a process that is
     * killed there is what the recorder had written: all but the last second or two. When this program ends, its profiled daemons and pools end just before it, up to five seconds.
     *
     * @param file the recording, for {@code jfr}, JDK Mission Control or {@code jdk.jfr.consumer.RecordingFile}; its folder must be there
     * @throws IllegalArgumentException if the path has a quotation mark, which the JVM's options do not take
     */
    public ChildOptions withProfile(Path file) {
        Path absolute = file.toAbsolutePath();
        if (absolute.toString().indexOf('"') >= 0) {
            throw new IllegalArgumentException("the path of a profile must not have a quotation mark: " + file);
        }
        ChildOptions c = new ChildOptions(this);
        c.profile = absolute;
        return c;
    }

    // ---- for those who start

    /** {@return the port for a debugger, 0 for a free one; empty without} */
    public OptionalInt debugPort() {
        return debugPort < 0 ? OptionalInt.empty() : OptionalInt.of(debugPort);
    }

    /** {@return whether the child waits for its debugger} */
    public boolean debugSuspends() {
        return suspended;
    }

    /** {@return the file of the profile; empty without} */
    public Optional<Path> profile() {
        return Optional.ofNullable(profile);
    }

    @Nullable
    String maxHeap() {
        return maxHeap;
    }

    List<String> jvmOptions() {
        return jvmOptions;
    }

    Map<String, String> systemProperties() {
        return systemProperties;
    }

    Map<String, @Nullable String> environment() {
        return environment;
    }

    @Nullable
    Path directory() {
        return directory;
    }

    @Nullable
    Path input() {
        return input;
    }

    Redirect output() {
        return output;
    }

    Redirect error() {
        return error;
    }

    List<Integer> affinity() {
        return affinity;
    }

    int niceness() {
        return niceness;
    }

    private List<@Nullable Object> all() {
        return Arrays.asList(
                maxHeap,
                jvmOptions,
                systemProperties,
                environment,
                directory,
                input,
                output,
                error,
                affinity,
                niceness,
                debugPort,
                suspended,
                profile);
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof ChildOptions c && all().equals(c.all());
    }

    @Override
    public int hashCode() {
        return all().hashCode();
    }
}
