package io.multiproc.client;

import io.multiproc.client.internal.Servers;
import io.multiproc.client.internal.kryo.AllowedClasses;
import io.multiproc.client.internal.kryo.KryoCodec;
import io.multiproc.client.internal.log.EventLog;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.client.internal.session.Session;
import io.multiproc.client.internal.session.SessionOptions;
import io.multiproc.client.internal.value.BytesCodec;
import io.multiproc.client.internal.value.CodecAdapter;
import io.multiproc.client.internal.value.KeyCodec;
import io.multiproc.client.internal.value.KeyedCodec;
import io.multiproc.client.internal.value.ObjectCodec;
import io.multiproc.client.spi.ServerProvider;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a manager: the place that shared objects come from. Thread-safe; all threads of a process share one.
 *
 * <pre>{@code
 * try (Manager manager = Manager.connect("tcp://127.0.0.1:50000")) {
 *     DictProxy<String, Long> scores = manager.dict("scores", String.class, Long.class);
 *     scores.add("ada", 1L);
 * }
 * }</pre>
 *
 * <p>A <em>named</em> object ({@code dict("scores")}) is found, or created if absent, and lives until {@link
 * #delete}. An <em>anonymous</em> one ({@code dict()}) lives while a session or another shared object holds it. Asking for a
 * name that belongs to another type throws {@link WrongTypeException}. Element types given as classes are checked when an
 * element is read: numbers widen and narrow as long as their value is kept, anything else throws {@link
 * ClassCastException}.
 *
 * <p>Every method that talks to the manager is one round trip and throws {@link ManagerClosedException} after {@link #close},
 * {@link SessionExpiredException} once the session has ended. A connection that breaks ends nothing: calls wait while the client connects
 * again ({@link ManagerOptions#withReconnectTimeout} bounds that), and each takes effect exactly once.
 *
 * <p>Arguments belong to the call until it has returned or thrown: of what another thread changes in them meanwhile, anything may be sent. Calls that give a
 * future have made their copy when they return. Results belong to the program.
 */
public final class Manager extends ServiceFactory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Manager.class);

    private final Session session;
    private final String address;
    private final @Nullable AutoCloseable owned;

    private final ManagerOptions options;

    private Manager(ManagerOptions given, byte[] key, @Nullable AutoCloseable owned) {
        // a manager that this process has started has no certificates
        this.options =
                (owned == null ? given.withTlsFound(System.getenv()) : given.withTlsByAuthkey()).withAuthkey(key);
        this.session = session(this, key, options);
        this.address = options.address();
        this.owned = owned;
        session.ownedBy(this);
    }

    // ---- connecting

    /**
     * Connects with the key found as {@link ManagerOptions} says.
     *
     * @param address the address, or several with commas between them, see {@link ManagerOptions#withAddress}
     * @return the connected manager
     */
    public static Manager connect(String address) {
        return connect(ManagerOptions.defaults().withAddress(address));
    }

    /**
     * Connects and proves the authkey, in both directions.
     *
     * @param options the options
     * @return the connected manager
     * @throws AuthenticationException if the keys differ; the text names the place that the key is from, never the key
     * @throws RegistryMismatchException if a program that is connected has registered a class in a way that contradicts this one's; the text
     *     names class, field and both programs
     * @throws ProtocolException if something else than a multiproc server answers, or one of another version, or if there is a
     *     connection and nobody speaks within the connect time-out
     * @throws NoLeaderException if the addresses are of a cluster of which no node leads, or none that can be reached, for as long as the connect time-out
     * @throws ManagerException if nobody answers, or no connection comes about within the connect time-out, as when the server accepts
     *     none and the kernel's queue for it is full
     * @throws IllegalArgumentException if the address is not one, or no key is found
     */
    public static Manager connect(ManagerOptions options) {
        Authkeys.Authkey key = found(options);
        try {
            return new Manager(options, key.bytes(), null);
        } catch (RequestRejectedException e) {
            throw e.code() == ErrorCode.NOT_LEADER ? new NoLeaderException(e) : e;
        } catch (AuthenticationException e) {
            throw new AuthenticationException(
                    e.code(), "authentication failed: " + e.message() + "; the key is from " + key.source(), e);
        }
    }

    /**
     * Starts a manager in a process of its own, as Python's {@code Manager()} does; closing stops it.
     *
     * @return the connected manager
     */
    public static Manager start() {
        return start(ManagerOptions.defaults().withAddress("tcp://127.0.0.1:0").withAuthkey(randomKey()));
    }

    /**
     * As {@link #start()}, at the address and with the key of the options. Waits up to 30 seconds for it.
     *
     * @param options the options
     * @return the connected manager
     */
    public static Manager start(ManagerOptions options) {
        byte[] key = authkey(options);
        Servers.Child child = Servers.spawn(options.address(), key, Duration.ofSeconds(30));
        EventLog.info("manager serving at '" + child.uri() + "'");
        return owning(child.uri(), key, options, child);
    }

    /**
     * Starts a manager within this process, for unit tests: real sockets, no second JVM. Closing stops it.
     *
     * @return the connected manager
     */
    public static Manager inProcess() {
        return inProcess(
                ManagerOptions.defaults().withAddress("tcp://127.0.0.1:0").withAuthkey(randomKey()));
    }

    /**
     * As {@link #inProcess()}, at the address and with the key of the options.
     *
     * @param options the options
     * @return the connected manager
     */
    public static Manager inProcess(ManagerOptions options) {
        byte[] key = authkey(options);
        ServerProvider.Server server = Servers.provider().start(List.of(options.address()), key);
        EventLog.info("manager serving at '" + server.uris().get(0) + "'");
        return owning(server.uris().get(0), key, options, server);
    }

    private static Manager owning(String uri, byte[] key, ManagerOptions options, AutoCloseable server) {
        try {
            return new Manager(options.withAddress(uri), key, server);
        } catch (RuntimeException e) {
            closeQuietly(server);
            throw e;
        }
    }

    private static Session session(Manager manager, byte[] key, ManagerOptions options) {
        AllowedClasses allowed = new AllowedClasses(
                options.classes(), options.allowedClasses(), options.packages(), options.sharedReferences());
        Codec other = options.codec();
        List<Tuple> classes = List.of();
        // no classes that Kryo writes, no registry to agree on
        byte[] fingerprint = new byte[32];
        ObjectCodec codec;
        if (other == null) {
            KryoCodec kryo = KryoCodec.builder().allow(allowed).build();
            classes = kryo.registrations().stream()
                    .map(r -> Tuple.of((long) r.id(), r.className(), r.kind(), r.fields()))
                    .toList();
            fingerprint = classes.isEmpty() ? fingerprint : HexFormat.of().parseHex(kryo.fingerprint());
            codec = kryo;
        } else {
            codec = other instanceof BytesCodec bytes ? bytes : new CodecAdapter(other, KryoCodec.classes(allowed));
        }
        Consumer<Manager> renewal = options.renewal();
        List<Class<?>> keyClasses = new ArrayList<>(options.classes().values());
        keyClasses.addAll(options.allowedClasses());
        SessionOptions sessionOptions = new SessionOptions(
                options.address(),
                Authkey.of(key),
                options.tlsFiles(),
                options.connectTimeout(),
                options.name(),
                options.lease().toMillis(),
                options.reconnectTimeout(),
                options.spin().toNanos(),
                renewal != null,
                new KeyedCodec(codec, new KeyCodec(keyClasses, options.packages())),
                fingerprint,
                classes);
        return Session.connect(
                sessionOptions, new ListenerAdapter(manager, options.connectionListener(), renewal), ProxyFactory::of);
    }

    static byte[] authkey(ManagerOptions options) {
        return found(options).bytes();
    }

    private static Authkeys.Authkey found(ManagerOptions options) {
        try {
            Authkeys.Authkey key = new Authkeys().require(options.authkey(), options.authkeyFile());
            key.warning().ifPresent(LOG::warn);
            return key;
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static byte[] randomKey() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return key;
    }

    /**
     * Returns the manager of this process that a proxy belongs to. No round trip.
     *
     * @param proxy the proxy
     * @return the manager
     * @throws IllegalArgumentException if the proxy is of no manager
     */
    public static Manager of(Proxy proxy) {
        return (Manager)
                Objects.requireNonNull(ProxyFactory.handle(proxy).session().owner());
    }

    /**
     * Where this manager is.
     *
     * @return the address
     */
    public String address() {
        return address;
    }

    /** {@return how another process of the same program connects to this manager: the address in use, the key, the classes} */
    public ManagerOptions options() {
        return options;
    }

    /** {@return what becomes of the connection: {@code connected}, {@code reconnecting} (calls wait) or {@code ended} (they fail)} */
    public String connectionState() {
        return session.state();
    }

    /** {@return whether calls can still be made} */
    public boolean isOpen() {
        return session.ended() == null;
    }

    /**
     * Ends the session: the manager releases at once what it owned and held. Stops the server too if this object started it.
     * Threads that wait get {@link ManagerClosedException}. A second call does nothing.
     */
    @Override
    public void close() {
        session.close();
        if (owned != null) {
            EventLog.info("sending shutdown message to manager");
            closeQuietly(owned);
        }
    }

    private static void closeQuietly(AutoCloseable server) {
        try {
            server.close();
        } catch (Exception e) {
            throw new IllegalStateException("the server did not stop", e);
        }
    }

    /** As {@link #close}: Python's {@code shutdown} of a manager that was started. */
    public void shutdown() {
        close();
    }

    @Override
    Session session() {
        return session;
    }

    // ---- the directory

    /**
     * {@return an untyped proxy of the object with this name, or null if absent} One round trip.
     *
     * @param name the name
     */
    public @Nullable Proxy find(String name) {
        return (Proxy) session.call(ManagerOp.FIND, 0, name);
    }

    /**
     * Deletes the object with this name; calls that wait on it throw {@link NoSuchObjectException}. Returns false if absent. One round trip.
     *
     * @param name the name
     * @return whether there was one
     */
    public boolean delete(String name) {
        return ReplyValues.bool(session.call(ManagerOp.DELETE, 0, name));
    }

    /** {@return the names in use, in order of creation} */
    public List<String> names() {
        return ReplyValues.listOf(session.call(ManagerOp.NAMES, 0), String.class);
    }

    /** {@return the number of live objects, named and anonymous: Python's {@code _number_of_objects}} */
    public int numberOfObjects() {
        return ReplyValues.size(session.call(ManagerOp.NUMBER_OF_OBJECTS, 0));
    }

    /** {@return the live objects, named and anonymous, in order of age} One round trip; takes the server time in proportion to their number. */
    public List<ObjectInfo> objects() {
        return Facts.list(session.call(ManagerOp.OBJECTS, 0), ObjectInfo::of);
    }

    /**
     * {@return a text for people, one line for each object in order of age: Python's {@code _debug_info}} It says type, id, name, how many
     * references there are, size and waiters.
     */
    public String debugInfo() {
        StringBuilder out = new StringBuilder();
        for (ObjectInfo o : objects()) {
            out.append(o.type()).append(" #").append(o.id());
            if (o.name() != null) {
                out.append(" '").append(o.name()).append('\'');
            }
            out.append(": refcount=").append(o.references());
            out.append(", size=").append(o.size());
            out.append(", waiters=").append(o.waiters()).append('\n');
        }
        return out.toString();
    }

    /** {@return the open sessions, those without a connection among them, in order of age} One round trip. */
    public List<SessionInfo> sessions() {
        return Facts.list(session.call(ManagerOp.SESSIONS, 0), SessionInfo::of);
    }

    /** {@return the locks, reentrant locks, semaphores and read-write locks that somebody owns or waits for} One round trip. */
    public List<LockInfo> locks() {
        return Facts.list(session.call(ManagerOp.LOCKS, 0), LockInfo::of);
    }

    /**
     * {@return the circles of threads that wait for one another's locks, as texts: each says who waits for what and who owns it} Empty when
     * there is none at this moment. One round trip.
     */
    public List<List<String>> deadlocks() {
        return Deadlocks.find(locks());
    }

    /**
     * Takes a lock, semaphore or read-write lock from all that own it, whoever they are: their next release throws {@link
     * IllegalMonitorStateException} (or logs it, where {@link LockProxy#unlock} has handed the lock over within the process), and the fencing token of the next owner is greater than theirs. For operators.
     *
     * @param lock the lock
     * @return whether somebody owned it
     * @throws WrongTypeException if nobody can own such an object
     */
    public boolean forceRelease(Proxy lock) {
        return ReplyValues.bool(session.call(ManagerOp.FORCE_RELEASE, 0, lock.objectId()));
    }

    /**
     * {@return the keys that are valid at the manager, with how many sessions each has} One round trip.
     *
     * @throws NotPermittedException if this program's key has not the role {@code admin}
     */
    public List<KeyInfo> keys() {
        return Facts.list(session.call(ManagerOp.KEYS, 0), KeyInfo::of);
    }

    /**
     * Has the manager read the files of its keys again. Sessions of keys that are gone end, perhaps this one. One round trip, and the time that the manager
     * takes to read the files.
     *
     * @return {@code keys} (how many are valid), {@code added}, {@code changed}, {@code removed} and {@code ended} (sessions)
     * @throws NotPermittedException if this program's key has not the role {@code admin}
     * @throws IllegalStateException with what is wrong if the files cannot be used: the keys stay as they were
     */
    public Map<String, Long> reloadKeys() {
        Map<String, Long> counts = new LinkedHashMap<>();
        Facts facts = Facts.of(session.call(ManagerOp.RELOAD_KEYS, 0));
        facts.all().keySet().forEach(name -> counts.put(name, facts.number(name)));
        return counts;
    }

    /**
     * Ends the sessions of a key, which stays valid, apart from this session. One round trip.
     *
     * @param key the key's name
     * @return how many there were
     * @throws NotPermittedException if this program's key has not the role {@code admin}
     * @throws IllegalArgumentException if no key has the name
     */
    public int endSessions(String key) {
        return ReplyValues.size(session.call(ManagerOp.END_SESSIONS, 0, key));
    }

    /**
     * Has a manager with a data folder write an image of all that it holds now, sessions and waits included. Other clients go on meanwhile. One round
     * trip, and the time that the manager takes to write the image.
     *
     * @return what reads the image; it ends when anybody begins another one
     * @throws NotPermittedException if this program's key has not the role {@code admin}, or has prefixes
     * @throws IllegalStateException if the manager has no data folder, or could not write an image
     */
    public Backup beginBackup() {
        Facts facts = Facts.of(session.call(ManagerOp.BEGIN_BACKUP, 0));
        return new Backup(session, facts.number("id"), facts.number("size"), facts.number("index"));
    }

    /**
     * {@return the cluster that the manager is, as the node that leads it sees it; without members if the manager is a single server} One round trip.
     */
    public ClusterInfo cluster() {
        return ClusterInfo.of(Facts.of(session.call(ManagerOp.CLUSTER, 0)));
    }

    /**
     * Makes a server a node of the cluster: it gets all that the others have, and votes from then on. One round trip, and the time that this takes.
     *
     * @param node the name that it was started with
     * @param address where the other nodes reach it, {@code host:port}
     * @throws NotPermittedException if this program's key has not the role {@code admin}, or has prefixes
     * @throws IllegalStateException if the manager is a single server, or the cluster cannot do so now
     */
    public void addNode(String node, String address) {
        session.call(ManagerOp.ADD_NODE, 0, node, address);
    }

    /**
     * Takes a node out of the cluster. If it leads, another one does from then on. One round trip.
     *
     * @param node its name
     * @throws NotPermittedException if this program's key has not the role {@code admin}
     * @throws IllegalStateException if the manager is a single server, or the cluster cannot do so now
     */
    public void removeNode(String node) {
        session.call(ManagerOp.REMOVE_NODE, 0, node);
    }

    /**
     * Hands leadership of the cluster to a node. Clients go to it by themselves; their calls wait meanwhile. One round trip, and another one if the name is empty.
     *
     * @param node its name; if it is empty, the follower that has most of the log
     * @throws NotPermittedException if this program's key has not the role {@code admin}
     * @throws IllegalStateException if the manager is a single server, or the cluster cannot do so now
     */
    public void transferLeadership(String node) {
        // it is asked again where the next leader answers, so it has to say which
        String to = node.isEmpty() ? bestFollower(cluster()) : node;
        session.call(ManagerOp.TRANSFER_LEADERSHIP, 0, to);
    }

    private static String bestFollower(ClusterInfo cluster) {
        return cluster.members().stream()
                .filter(m -> m.role().equals("follower"))
                .min(Comparator.comparingLong(m -> m.lag() == null ? Long.MAX_VALUE : m.lag()))
                .map(ClusterInfo.Member::node)
                .orElse("");
    }

    /** {@return facts of the server: version, pid, uptime, sessions, objects, memory, limits} One round trip. */
    public ServerInfo info() {
        return ServerInfo.of(Facts.of(session.call(ManagerOp.INFO, 0)));
    }

    /**
     * {@return the content of the object with this name as one value, or null if absent} One round trip.
     *
     * @param name the name
     */
    public @Nullable Object describe(String name) {
        return session.call(ManagerOp.DESCRIBE, 0, name);
    }

    /**
     * Ends the server for everybody; what is in it is gone.
     *
     * @throws RequestRejectedException if the server's options forbid it
     */
    public void shutdownServer() {
        session.callForEnd(ManagerOp.SHUTDOWN);
    }

    @Override
    public String toString() {
        return "Manager[" + address + (isOpen() ? "]" : ", closed]");
    }
}
