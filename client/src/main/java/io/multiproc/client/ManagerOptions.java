package io.multiproc.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How to connect. Immutable: every {@code with} method returns changed options.
 *
 * <p>Essentials: {@link #withAddress address} (default {@code tcp://127.0.0.1:50000}) and the authkey, which is looked for in
 * this order: {@link #withAuthkey}, {@link #withAuthkeyFile}, the variables {@code MULTIPROC_AUTHKEY_FILE} and {@code
 * MULTIPROC_AUTHKEY}, the user's own key file. Then {@link #register} and {@link #allowPackage} for objects of user classes.
 */
public final class ManagerOptions {
    /** Where a manager listens unless told otherwise. */
    public static final String DEFAULT_ADDRESS = "tcp://127.0.0.1:50000";

    private String address = DEFAULT_ADDRESS;
    private byte @Nullable [] authkey;
    private @Nullable Path authkeyFile;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private String name = "java " + ProcessHandle.current().pid();
    private SortedMap<Integer, Class<?>> classes = new TreeMap<>();
    private Set<String> packages = new LinkedHashSet<>();
    private boolean sharedReferences;

    private ManagerOptions() {}

    /** The defaults. */
    public static ManagerOptions defaults() {
        return new ManagerOptions();
    }

    private ManagerOptions copy() {
        ManagerOptions c = new ManagerOptions();
        c.address = address;
        c.authkey = authkey;
        c.authkeyFile = authkeyFile;
        c.connectTimeout = connectTimeout;
        c.name = name;
        c.classes = new TreeMap<>(classes);
        c.packages = new LinkedHashSet<>(packages);
        c.sharedReferences = sharedReferences;
        return c;
    }

    /** Where the manager is: {@code tcp://host:port} or {@code unix:///path}. */
    public ManagerOptions withAddress(String uri) {
        ManagerOptions c = copy();
        c.address = uri;
        return c;
    }

    /** The key both sides must hold. */
    public ManagerOptions withAuthkey(byte[] key) {
        ManagerOptions c = copy();
        c.authkey = key.clone();
        return c;
    }

    /** A file whose content is the key; a newline at its end does not count. */
    public ManagerOptions withAuthkeyFile(Path file) {
        ManagerOptions c = copy();
        c.authkeyFile = file;
        return c;
    }

    /** How long connecting may take, name look-up and handshake included. Default 10 seconds. */
    public ManagerOptions withConnectTimeout(Duration timeout) {
        ManagerOptions c = copy();
        c.connectTimeout = timeout;
        return c;
    }

    /** How this process is called in the manager's list of sessions. Default {@code java} and the process id. */
    public ManagerOptions withName(String text) {
        ManagerOptions c = copy();
        c.name = text;
        return c;
    }

    /**
     * Lets objects of a class be stored. Every JVM that reads or writes them registers the class under the same number; a
     * contradiction is reported when connecting, and names the class.
     *
     * @param id 1000 or more; never reuse a number for another class, or for a class whose fields changed
     */
    public ManagerOptions register(int id, Class<?> type) {
        ManagerOptions c = copy();
        Class<?> other = c.classes.put(id, type);
        if (other != null && other != type) {
            throw new IllegalArgumentException(
                    "id " + id + " is given to both " + other.getName() + " and " + type.getName());
        }
        return c;
    }

    /** Lets objects of all classes of a package and the packages below it be stored, written by name: larger than by number. */
    public ManagerOptions allowPackage(String packageName) {
        ManagerOptions c = copy();
        c.packages.add(packageName);
        return c;
    }

    /** Whether one object met twice within a stored object stays one object. Default false: it becomes two equal ones. */
    public ManagerOptions withSharedReferences(boolean on) {
        ManagerOptions c = copy();
        c.sharedReferences = on;
        return c;
    }

    public String address() {
        return address;
    }

    /** A copy of the key that was given, or null if it is to be looked for. Never print it. */
    public byte @Nullable [] authkey() {
        return authkey == null ? null : authkey.clone();
    }

    @Nullable
    Path authkeyFile() {
        return authkeyFile;
    }

    public Duration connectTimeout() {
        return connectTimeout;
    }

    public String name() {
        return name;
    }

    /** The registered classes by number. */
    public Map<Integer, Class<?>> classes() {
        return Collections.unmodifiableMap(classes);
    }

    public Set<String> packages() {
        return Collections.unmodifiableSet(packages);
    }

    public boolean sharedReferences() {
        return sharedReferences;
    }
}
