package io.multiproc.server.net;

import io.multiproc.protocol.auth.HelloRefused;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.NotLeadingException;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.python.PythonHub;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.collection.LongObjectHashMap;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** All connections of a server and what they share. Belongs to the event loop thread. */
final class Connections implements Completions {
    /** The largest array that is kept for the next large frame of any connection. */
    private static final int MOST_SPARE = 4 << 20;

    private final Logger log = LoggerFactory.getLogger(Connections.class);
    private final RefusalLog refusals = new RefusalLog(log);
    private final NonceSource nonces = NonceSource.secure();
    private final NetOptions options;
    private final BatchSizes batchSizes;
    private final NetServer.EngineFactory others;
    private final Function<Completions, Engine> engines;
    private final Forwarding forwarding;
    private final ServerKeys keys;
    private final ScheduledExecutorService loop;
    private final boolean gathers;
    private boolean inBurst;

    private final ConnectionRate rate;
    private final Admission admission;
    private final Set<Connection> open = new LinkedHashSet<>();
    private Term term;
    /** The data connections of Python clients. */
    private final LongObjectHashMap<Connection> bySession = new LongObjectHashMap<>();

    private final UnreadReplies unread = UnreadReplies.ofThisJvm();
    private boolean muchUnread;

    private final List<Connection> dirty = new ArrayList<>();
    private final ByteWriter scratch = new ByteWriter(4096);
    private byte[] input = new byte[64 << 10];
    private byte @Nullable [] spare;
    private int halfOpen;
    private final LoopClock clock;
    private @Nullable Runnable onEmpty;

    /** What serves clients for as long as this process gives the state its order. Or nobody, where another one does. */
    private record Term(Engine engine, NativeSessions sessions, PythonHub python) {}

    /**
     * @param others knows who leads while this process does not
     * @param engines makes an engine for each term
     * @param slow does what would hold up the event loop
     * @param loop the event loop
     */
    Connections(
            NetOptions options,
            BatchSizes batchSizes,
            NetServer.EngineFactory others,
            Function<Completions, Engine> engines,
            Transport transport,
            Executor slow,
            EventLoop loop) {
        this.options = options;
        this.batchSizes = batchSizes;
        this.rate = new ConnectionRate(options.rates().others(), options.rates().loopback());
        this.admission = new Admission(options.strangers(), new Random());
        this.clock = new LoopClock(
                System.nanoTime(),
                TimeUnit.MILLISECONDS.toNanos(options.leases().sweepPeriod()));
        this.others = others;
        this.engines = engines;
        this.forwarding = new Forwarding(this, transport, loop, slow);
        this.loop = loop;
        this.keys = new ServerKeys(this, slow, loop);
        this.term = newTerm();
        this.gathers = term.engine.gathers();
        begin();
    }

    private Term newTerm() {
        Engine engine = engines.apply(this);
        engine.administeredBy(keys);
        return new Term(
                engine,
                new NativeSessions(this),
                new PythonHub(
                        engine,
                        options.limits().frame(),
                        options.leases().away(),
                        options.leases().orphan()));
    }

    private void begin() {
        if (!isPassive()) {
            term.engine.countedBy(term.sessions);
            term.sessions.restore();
            term.engine.goOn();
        }
    }

    /**
     * Another process gives the state its order from now on, or this one does: the connections of clients are cut, and what serves them is made anew. No session ends by that.
     */
    void beginTerm() {
        for (Connection c : open.toArray(new Connection[0])) {
            if (c.session != 0 || c.phase() instanceof PythonDialect) {
                c.cutOff("another node leads");
            }
        }
        bySession.clear();
        if (!isShuttingDown()) {
            term = newTerm();
            begin();
            flush();
        }
    }

    /** Whether another process gives the state its order, so that no client can be served. */
    boolean isPassive() {
        return term.engine.isPassive();
    }

    /** What a native client is told of who leads. */
    HelloRefused notLeading() {
        return others.notLeading();
    }

    /** Where the process that leads takes clients; none if that is not known. */
    List<String> leader() {
        return others.leader();
    }

    /** How often a client of a session with such a lease is to say that it is there, and be answered; milliseconds. */
    long heartbeat(long leaseMillis) {
        return Math.max(1, Math.min(leaseMillis / 3, others.silenceMillis()));
    }

    Forwarding forwarding() {
        return forwarding;
    }

    NetOptions options() {
        return options;
    }

    BatchSizes batchSizes() {
        return batchSizes;
    }

    Engine engine() {
        return term.engine;
    }

    PythonHub python() {
        return term.python;
    }

    NativeSessions sessions() {
        return term.sessions;
    }

    ServerKeys keys() {
        return keys;
    }

    /** Does something on the event loop in so many milliseconds. */
    void later(Runnable task, long millis) {
        ScheduledFuture<?> unused = loop.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    /** Ends the session of a client, or of a process or host of Python clients, and tells the client why. */
    void endSession(long session, String why) {
        burst();
        NativeSession client = term.sessions.get(session);
        Connection connection = bySession.get(session);
        if (client != null) {
            term.sessions.end(client, ErrorCode.NOT_PERMITTED, why);
        } else if (connection != null && connection.phase() instanceof PythonDialect dialect) {
            dialect.end(why);
        } else {
            term.python.endPeer(session, why);
        }
    }

    NonceSource nonces() {
        return nonces;
    }

    Logger log() {
        return log;
    }

    /** Says what happens in the life of a server, in a program's own at DEBUG. */
    LoggingEventBuilder event() {
        return log.atLevel(options.quiet() ? Level.DEBUG : Level.INFO);
    }

    Admission admission() {
        return admission;
    }

    /** For lines that strangers can cause. */
    RefusalLog refusals() {
        return refusals;
    }

    /** For one small message at a time. */
    ByteWriter scratch() {
        return scratch;
    }

    /** An array of at least this size for the bytes of one read. */
    byte[] input(int size) {
        if (input.length < size) {
            input = new byte[size];
        }
        return input;
    }

    /** An array of at least that size which held another connection's large frame, or null: then one must grow. It is the caller's. */
    byte @Nullable [] spare(int size) {
        byte[] s = spare;
        if (s == null || s.length < size) {
            return null;
        }
        spare = null;
        return s;
    }

    /** Takes back an array that nobody uses any more. One is kept, if it is not too large. */
    void giveSpare(byte[] array) {
        if (array.length <= MOST_SPARE && (spare == null || spare.length < array.length)) {
            spare = array;
        }
    }

    /** The time of the lease checks. */
    long now() {
        return clock.now();
    }

    /** Registers an accepted connection, or returns null if it is refused. */
    @Nullable
    Connection accept(Channel channel, ListenAddress listener) {
        InetAddress from = Addresses.inet(channel);
        long time = System.nanoTime();
        Source source = admission.source(from);
        String refusal = isShuttingDown() ? "the server is ending" : admission.refusal(source, time);
        ConnectionRate.Verdict verdict = rate.connected(from, time);
        if (refusal == null && verdict == ConnectionRate.Verdict.CLOSE) {
            refusal = "more than twice " + rate.limit(from) + " connections in a second, the limit of one address";
        }
        if (refusal != null) {
            refusals.refused(Addresses.host(channel), Addresses.port(channel), refusal);
            return null;
        }
        halfOpen++;
        Connection connection = new Connection(this, channel, source, time, listener.nativeOnly());
        connection.overRate = verdict == ConnectionRate.Verdict.TELL;
        open.add(connection);
        admission.admit(source, connection, time);
        return connection;
    }

    /** The limit of connections per second of this one's address. */
    int rateOf(Connection connection) {
        return rate.limit(Addresses.inet(connection.channel()));
    }

    void leaveHalfOpen() {
        halfOpen--;
    }

    void opened(Connection connection) {
        bySession.put(connection.session, connection);
    }

    void closed(Connection connection) {
        bySession.remove(connection.session);
    }

    /** Connections that have proved the key. */
    int connected() {
        return open.size() - halfOpen;
    }

    NetStats stats() {
        return new NetStats(
                open.size(), halfOpen, refusals.total(), isShuttingDown() || !others.isReady(), term.engine.stats());
    }

    /** Sessions of native clients and connections of Python's. */
    int clients() {
        return term.sessions.size() + bySession.size();
    }

    @Override
    public void follows(long session, long request, long holder, long levels, boolean owns) {
        NativeSession client = term.sessions.get(session);
        Connection connection = client == null ? null : client.connection();
        if (connection != null) {
            // not kept for a client without connection: it is told nothing false by not being told
            Messages.follows(scratch.reset(), request, holder, levels, owns);
            connection.sendFrames(scratch);
        }
    }

    /** The socket of a connection has been closed. */
    void gone(Connection connection) {
        open.remove(connection);
        connection.closed();
        Runnable empty = onEmpty;
        if (empty != null && open.isEmpty()) {
            empty.run();
        }
    }

    @Override
    public void complete(long session, long request, Reply reply) {
        // what the ends of sessions release during the shutdown goes to nobody: no client could use it any more
        if (isShuttingDown()) {
            return;
        }
        NativeSession client = term.sessions.get(session);
        if (client != null) {
            client.waits--;
            client.reply(request, reply);
            return;
        }
        Connection connection = bySession.get(session);
        if (connection != null) {
            connection.phase().answered(request, reply);
        } else {
            boolean ignored = term.python.answered(session, request, reply);
        }
    }

    /** Something has been read: what is submitted until the loop has read all that was there is one burst. */
    void burst() {
        if (gathers && !inBurst) {
            // the loop's tasks come after what it reads; without memory for one no burst begins
            loop.execute(this::endBurst);
            inBurst = true;
            term.engine.beginBurst();
        }
    }

    private void endBurst() {
        inBurst = false;
        term.engine.endBurst();
        flush();
    }

    /** The connection has output to flush at the end of the burst. */
    void dirty(Connection connection) {
        dirty.add(connection);
    }

    /** Ends a burst: every connection that got output flushes it, once. */
    void flush() {
        flushDirty();
        if (muchUnread) {
            muchUnread = false;
            endSlowest();
            flushDirty();
        }
    }

    private void flushDirty() {
        // by index: a flush that ends a session can give others output
        for (int i = 0; i < dirty.size(); i++) {
            dirty.get(i).flush();
        }
        dirty.clear();
    }

    /** More output waits for a client after a flush. */
    void moreWaits(long bytes) {
        muchUnread |= unread.added(bytes);
    }

    private void endSlowest() {
        for (Connection c : unread.slowest(open, System.nanoTime())) {
            c.endUnread();
        }
    }

    /** Ends the sessions that have been silent for too long. */
    void sweep() {
        burst();
        long last = clock.now();
        clock.advance(System.nanoTime());
        if (!isPassive()) {
            term.sessions.sweep(last, clock.now());
            term.python.sweep();
            term.engine.sweep();
        }
        endSlowest();
        others.sweep();
        flush();
    }

    /**
     * Tells all clients that the server ends; calls back when the last connection has gone.
     *
     * @param forGood whether the sessions end, too, where they could go on with the server that is started next
     */
    void shutDown(Runnable whenEmpty, boolean forGood) {
        boolean sessionsEnd = forGood || !term.engine.keepsReplies();
        if (!isPassive()) {
            commitLast();
        }
        onEmpty = whenEmpty;
        flush();
        burst();
        if (sessionsEnd) {
            term.sessions.endCutOff();
        }
        for (Connection c : open.toArray(new Connection[0])) {
            if (c.isEnding()) {
                continue;
            }
            if (c.phase() instanceof NativeDialect && !sessionsEnd) {
                c.leave("the server is ending", options.timeouts().closeMillis());
            } else if (c.phase() instanceof NativeDialect) {
                c.goodbye(ErrorCode.SHUTTING_DOWN, "the server is ending");
            } else {
                c.abort("the server is ending");
            }
        }
        flush();
        if (open.isEmpty()) {
            whenEmpty.run();
        }
    }

    private void commitLast() {
        try {
            term.engine.commit();
        } catch (NotLeadingException e) {
            // the next leader answers
        }
    }

    /** Closes what is still open, whatever waits to be sent. */
    void closeAll() {
        for (Connection c : open.toArray(new Connection[0])) {
            c.abort("the server has ended");
        }
    }

    boolean isShuttingDown() {
        return onEmpty != null;
    }
}
