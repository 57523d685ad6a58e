package io.multiproc.client;

import io.multiproc.client.internal.session.SessionOptions;
import io.multiproc.client.internal.value.BytesCodec;
import io.multiproc.client.internal.value.ObjectCodec;
import io.multiproc.protocol.tls.TlsFiles;
import io.multiproc.protocol.wire.Values;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Options of a connection to a manager. Immutable: every {@code with} method returns changed options.
 *
 * <p>Essentials: {@link #withAddress address} (default {@code tcp://127.0.0.1:50000}) and the authkey, which is looked for in
 * this order: {@link #withAuthkey}, {@link #withAuthkeyFile}, the variables {@code MULTIPROC_AUTHKEY_FILE} and {@code
 * MULTIPROC_AUTHKEY}, the user's own key file. Then {@link #register} and {@link #allowPackage} for objects of user classes.
 */
public final class ManagerOptions {
    /** Where a manager listens unless told otherwise. */
    public static final String DEFAULT_ADDRESS = "tcp://127.0.0.1:50000";

    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private String address = DEFAULT_ADDRESS;
    private byte @Nullable [] authkey;
    private @Nullable Path authkeyFile;
    private String tlsCa = "";
    private @Nullable Path tlsCertificate;
    private @Nullable Path tlsKey;
    /** Whether the variables of the environment have nothing more to say. */
    private boolean tlsChosen;

    private Duration connectTimeout = Duration.ofSeconds(10);
    private String name = "java " + ProcessHandle.current().pid();
    private SortedMap<Integer, Class<?>> classes = new TreeMap<>();
    private Set<Class<?>> named = new LinkedHashSet<>();
    private Set<String> packages = new LinkedHashSet<>();
    private boolean sharedReferences;
    private @Nullable Codec codec;
    private Duration lease = Duration.ZERO;
    private Duration reconnectTimeout = FOREVER;
    private Duration spin = Duration.ofNanos(50_000);
    private @Nullable ConnectionListener listener;
    private @Nullable Consumer<Manager> renewal;

    private ManagerOptions() {}

    /** {@return the defaults} */
    public static ManagerOptions defaults() {
        return new ManagerOptions();
    }

    private ManagerOptions copy() {
        ManagerOptions c = new ManagerOptions();
        c.address = address;
        c.authkey = authkey;
        c.authkeyFile = authkeyFile;
        c.tlsCa = tlsCa;
        c.tlsCertificate = tlsCertificate;
        c.tlsKey = tlsKey;
        c.tlsChosen = tlsChosen;
        c.connectTimeout = connectTimeout;
        c.name = name;
        c.classes = new TreeMap<>(classes);
        c.named = new LinkedHashSet<>(named);
        c.packages = new LinkedHashSet<>(packages);
        c.sharedReferences = sharedReferences;
        c.codec = codec;
        c.lease = lease;
        c.reconnectTimeout = reconnectTimeout;
        c.spin = spin;
        c.listener = listener;
        c.renewal = renewal;
        return c;
    }

    /**
     * Where the manager is: {@code tls://host:port}, {@code tcp://host:port} or {@code unix:///path}. Several, with commas between them ({@code
     * tls://a:50000,b:50000}), are those of one manager: they are tried in turn, from the one that answered last, each for an equal share of the time; one
     * without a scheme has that of the one before it.
     *
     * @param uri the address or addresses
     * @return the changed options
     */
    public ManagerOptions withAddress(String uri) {
        ManagerOptions c = copy();
        c.address = uri;
        return c;
    }

    /**
     * {@return the key both sides must hold}
     *
     * @param key the key
     */
    public ManagerOptions withAuthkey(byte[] key) {
        ManagerOptions c = copy();
        c.authkey = key.clone();
        return c;
    }

    /**
     * {@return a file whose content is the key; a newline at its end does not count}
     *
     * @param file the file
     */
    public ManagerOptions withAuthkeyFile(Path file) {
        ManagerOptions c = copy();
        c.authkeyFile = file;
        return c;
    }

    /**
     * Has {@code tls://} go by certificates: the server must show one for the host of the address, from an authority in this file. The authkey is proved within
     * all the same. The file is read with each connection if it has changed. Default: the variable {@code MULTIPROC_TLS_CA}, and without it {@code tls://} goes
     * by the authkey alone.
     *
     * @param file certificates of authorities, in PEM form
     * @return the changed options
     */
    public ManagerOptions withTlsCa(Path file) {
        return withTlsAuthorities(file.toString());
    }

    /**
     * {@return as {@link #withTlsCa}, with the authorities that the Java runtime trusts}
     */
    public ManagerOptions withTlsSystemCa() {
        return withTlsAuthorities(TlsFiles.SYSTEM);
    }

    private ManagerOptions withTlsAuthorities(String ca) {
        ManagerOptions c = copy();
        c.tlsCa = ca;
        c.tlsChosen = true;
        return c;
    }

    /**
     * The certificate that this end shows to a server that asks for one, beside {@link #withTlsCa}. The files are read as that one is. Default: the variables {@code
     * MULTIPROC_TLS_CERT} and {@code MULTIPROC_TLS_KEY}.
     *
     * @param certificate the certificate, followed by those between it and its authority, in PEM form
     * @param key its private key, in PEM form and not encrypted; nobody else may be able to change it
     * @return the changed options
     */
    public ManagerOptions withTlsCertificate(Path certificate, Path key) {
        ManagerOptions c = copy();
        c.tlsCertificate = certificate;
        c.tlsKey = key;
        return c;
    }

    /** {@return options by which {@code tls://} goes by the authkey alone, whatever the variables say: the undoing of {@link #withTlsCa}} */
    public ManagerOptions withTlsByAuthkey() {
        ManagerOptions c = copy();
        c.tlsCa = "";
        c.tlsCertificate = null;
        c.tlsKey = null;
        c.tlsChosen = true;
        return c;
    }

    /**
     * {@return how long connecting may take, name look-up and handshake included} Default 10 seconds.
     *
     * @param timeout the time
     */
    public ManagerOptions withConnectTimeout(Duration timeout) {
        ManagerOptions c = copy();
        c.connectTimeout = timeout;
        return c;
    }

    /**
     * {@return how this process is called in the manager's list of sessions} Default {@code java} and the process id.
     *
     * @param text the name
     */
    public ManagerOptions withName(String text) {
        ManagerOptions c = copy();
        c.name = text;
        return c;
    }

    /**
     * Lets objects of a class be stored. Every JVM that reads or writes them registers the class under the same number. The class may change, while
     * programs with its old and its new version run side by side: fields that the reader does not have are skipped, fields that the writer did not
     * have stay as the constructor without arguments leaves them, or null, zero or false if there is none (a record's constructor is given those), a number
     * may become another type that holds it, constants may be added, and {@link StoredName} lets anything be renamed. Contradictions of programs that are connected at the same
     * time (a number of two classes, a field of types that have no value in common) are reported when connecting.
     *
     * @param id 1000 or more; never reuse a number for another class
     * @param type the class
     * @return the changed options
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

    /**
     * Lets objects of all classes of a package and the packages below it be stored, written by name: larger than by number.
     *
     * @param packageName the name of the package; {@code ""} for the classes that have none, and no others
     * @return the changed options
     */
    public ManagerOptions allowPackage(String packageName) {
        ManagerOptions c = copy();
        c.packages.add(packageName);
        return c;
    }

    /**
     * Lets objects of a class be stored, written by its {@linkplain StoredName stored name}: larger than by number. Needed for classes of an
     * {@linkplain #allowPackage allowed package} that were renamed.
     *
     * @param type the class
     * @return the changed options
     */
    public ManagerOptions allowClass(Class<?> type) {
        ManagerOptions c = copy();
        c.named.add(type);
        return c;
    }

    /**
     * {@return whether one object met twice within a stored object stays one object} Default false: it becomes two equal ones.
     *
     * @param on whether it is switched on
     */
    public ManagerOptions withSharedReferences(boolean on) {
        ManagerOptions c = copy();
        c.sharedReferences = on;
        return c;
    }

    /**
     * Writes and reads objects of user classes by another codec than Kryo, in the objects of this manager. Child processes, pools and pipes go on
     * with Kryo; their code chooses the codec of the managers that it connects itself.
     *
     * @param other the codec
     * @return the changed options
     * @throws IllegalArgumentException if its number is one of the library's
     */
    public ManagerOptions withCodec(Codec other) {
        int id = other.id();
        if (!(other instanceof BytesCodec)
                && id != ObjectCodec.JSON
                && (id < 16 || id > 255 || id == Values.KEY_CODEC)) {
            throw new IllegalArgumentException(
                    "a codec has a number from 16 to 255 without 75, which keys have (or 4, if it writes JSON), not "
                            + id);
        }
        ManagerOptions c = copy();
        c.codec = other;
        return c;
    }

    /**
     * After how much silence the manager takes this process for dead and releases what it holds; also how long this process tries to get
     * back to a manager that it cannot reach. Bounded by the server, 1 second to 10 minutes unless configured. Default: the server's, 30
     * seconds unless configured. A shorter one frees sooner what a machine held that lost power; a longer one survives longer outages of the network.
     *
     * @param time the time
     * @return the changed options
     */
    public ManagerOptions withLease(Duration time) {
        ManagerOptions c = copy();
        c.lease = time;
        return c;
    }

    /**
     * {@return how long calls wait for a connection that broke: then they throw {@link ConnectionLostException}, and further calls do so at
     * once, while the client goes on trying} Default: until the connection is back or the session has ended.
     *
     * @param time the time
     */
    public ManagerOptions withReconnectTimeout(Duration time) {
        ManagerOptions c = copy();
        c.reconnectTimeout = time;
        return c;
    }

    /**
     * {@return how long a call looks for its reply before its thread sleeps, as long as looking has been worth it: to wake a thread costs
     * more than an operation does, much more on a virtual machine} Over a network slower than this, calls soon sleep at once. Default 50
     * microseconds; zero always sleeps at once. Never with a single processor.
     *
     * @param time the time
     * @throws IllegalArgumentException if it is negative or more than a second
     */
    public ManagerOptions withSpin(Duration time) {
        if (time.isNegative() || time.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException("a spin takes 0 to 1 second, not " + time);
        }
        ManagerOptions c = copy();
        c.spin = time;
        return c;
    }

    /**
     * Who is told when the connection breaks, is back, or the session ends.
     *
     * @param told the listener
     * @return the changed options
     */
    public ManagerOptions withConnectionListener(ConnectionListener told) {
        ManagerOptions c = copy();
        c.listener = told;
        return c;
    }

    /**
     * Goes on after a session has ended without this program's doing: because it was silent for its lease, or because the server has ended or
     * was restarted. As soon as the manager can be reached a new session is opened, proxies of named objects mean the objects of those
     * names (made again, empty, if there are none), and the callback is run, to fill them or to make others. Locks and permits are not acquired
     * again. Calls fail until then. Proxies of anonymous objects throw {@link NoSuchObjectException}. Default: no renewal.
     *
     * @param callback run on a thread of its own, where it may call the manager
     * @return the changed options
     */
    public ManagerOptions withRenewal(Consumer<Manager> callback) {
        ManagerOptions c = copy();
        c.renewal = callback;
        return c;
    }

    /**
     * Zero for the server's default.
     *
     * @return the lease; zero for the server's default
     */
    public Duration lease() {
        return lease;
    }

    /** {@return how long calls wait for a connection that broke} */
    public Duration reconnectTimeout() {
        return reconnectTimeout;
    }

    /** {@return how long a call looks for its reply before its thread sleeps} */
    public Duration spin() {
        return spin;
    }

    @Nullable
    ConnectionListener connectionListener() {
        return listener;
    }

    @Nullable
    Consumer<Manager> renewal() {
        return renewal;
    }

    /** {@return the address of the manager, or its addresses with commas between them} */
    public String address() {
        return address;
    }

    /**
     * The addresses of the manager, each whole.
     *
     * @return one or more
     * @throws IllegalArgumentException if one is no address; the text names it
     */
    public List<String> addresses() {
        return SessionOptions.addresses(address);
    }

    /** {@return a copy of the key that was given, or null if it is to be looked for} Never print it. */
    public byte @Nullable [] authkey() {
        return authkey == null ? null : authkey.clone();
    }

    @Nullable
    Path authkeyFile() {
        return authkeyFile;
    }

    /** {@return the file of the authorities that certificates must come from, {@code system} for those of the Java runtime, or null to go by the authkey} */
    public @Nullable String tlsCa() {
        return tlsCa.isEmpty() ? null : tlsCa;
    }

    /** {@return the file of this end's certificate, or null} */
    public @Nullable Path tlsCertificate() {
        return tlsCertificate;
    }

    /** {@return the file of its private key, or null} */
    public @Nullable Path tlsKey() {
        return tlsKey;
    }

    /**
     * These options with what the variables say of certificates, if nothing was said yet.
     *
     * @throws IllegalArgumentException if certificates are asked for where they have no use
     */
    ManagerOptions withTlsFound(Map<String, String> environment) {
        if (tlsChosen || tlsCertificate != null) {
            if (tlsCa.isEmpty() && tlsCertificate != null) {
                throw new IllegalArgumentException(
                        "a certificate without authorities to check the server's by: name their file, withTlsCa or --tls-ca");
            }
            if (!tlsCa.isEmpty() && !addresses().stream().allMatch(a -> a.startsWith("tls://"))) {
                throw new IllegalArgumentException("certificates are for addresses tls://host:port, not " + address);
            }
            return this;
        }
        ManagerOptions c = copy();
        c.tlsChosen = true;
        c.tlsCa = environment.getOrDefault("MULTIPROC_TLS_CA", "");
        String certificate = environment.getOrDefault("MULTIPROC_TLS_CERT", "");
        String key = environment.getOrDefault("MULTIPROC_TLS_KEY", "");
        if (!c.tlsCa.isEmpty() && (!certificate.isEmpty() || !key.isEmpty())) {
            c.tlsCertificate = certificate.isEmpty() ? null : Path.of(certificate);
            c.tlsKey = key.isEmpty() ? null : Path.of(key);
        }
        return c;
    }

    /** The files of the certificates, or null to go by the authkey. */
    @Nullable
    TlsFiles tlsFiles() {
        return tlsCa.isEmpty() ? null : new TlsFiles(tlsCa, tlsCertificate, tlsKey);
    }

    /** {@return how long connecting may take} */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** {@return this process's name in the manager's list of sessions} */
    public String name() {
        return name;
    }

    /** {@return the codec that was chosen, or null for Kryo} */
    public @Nullable Codec codec() {
        return codec;
    }

    /** {@return the registered classes by number} */
    public Map<Integer, Class<?>> classes() {
        return Collections.unmodifiableMap(classes);
    }

    /** {@return the classes that are allowed one by one} */
    public Set<Class<?>> allowedClasses() {
        return Collections.unmodifiableSet(named);
    }

    /** {@return the allowed packages} */
    public Set<String> packages() {
        return Collections.unmodifiableSet(packages);
    }

    /** {@return whether one object met twice within a stored object stays one object} */
    public boolean sharedReferences() {
        return sharedReferences;
    }
}
