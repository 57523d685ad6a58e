package io.multiproc.server.net;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection: its phase, its output and its end. Output is collected and leaves in one flush at the end of the read
 * burst that caused it. Belongs to the event loop thread.
 */
final class Connection implements Admission.Candidate, UnreadReplies.Reader {
    /** Bytes of the first output buffer of a burst, and of the others. */
    private static final int FIRST_CHUNK = 4 << 10;

    private static final int CHUNK = 64 << 10;

    /** Bytes of a large value that one system call takes. */
    private static final int PART = 128 << 10;

    /** How long a client may take to notice the end and to close; what it still sends is thrown away. */
    private static final long LINGER_MILLIS = 1000;

    final Connections all;
    private final Channel channel;
    /** Null where nothing is encrypted. */
    private final @Nullable TlsHandler tls;

    private final String address;
    private final Source source;
    private final long accepted;
    private Phase phase;
    private @Nullable ByteBuf out;
    private boolean dirty;
    private boolean ending;
    private boolean phaseEnded;
    private boolean halfOpen = true;
    private boolean proven;
    private boolean failed;

    /** The session, or 0 before there is one. */
    long session;

    /** Where programs reach the proxy server that this connection is from, or null. */
    private @Nullable ListenAddress proxy;

    /** When bytes last arrived or left, on the clock of {@link Connections#now}. */
    long lastHeard;

    /** Output that was waiting at the last check of the lease. */
    long pendingAtSweep;

    /** Whether its address makes more connections than it may: it will be refused. */
    boolean overRate;

    /** Whether the connection broke instead of being closed. */
    boolean isReset;

    /** Bytes that wait as references to values, not in buffers. */
    private long waitingValues;
    /** Bytes that waited at the last look, and when some of what waited was found to have been read. */
    private long waited;

    private long readAt;
    /** Whether memory ran out in the middle of saying something, so that nothing can be said after it. */
    private boolean broken;

    private boolean unacknowledged;
    private boolean cut;
    private @Nullable ScheduledFuture<?> closing;

    Connection(Connections all, Channel channel, Source source, long accepted, boolean nativeOnly) {
        this.all = all;
        this.channel = channel;
        this.source = source;
        this.accepted = accepted;
        this.address = Addresses.text(channel);
        this.lastHeard = all.now();
        this.tls = channel.pipeline().get(TlsHandler.class);
        this.phase = new HandshakePhase(this, nativeOnly);
    }

    Phase phase() {
        return phase;
    }

    void become(Phase next) {
        phase = next;
    }

    Channel channel() {
        return channel;
    }

    String address() {
        return address;
    }

    @Nullable
    ListenAddress proxy() {
        return proxy;
    }

    void isFrom(ListenAddress proxyServer) {
        proxy = proxyServer;
    }

    /** Whether nothing more is taken from or said to this client. */
    @Override
    public boolean isEnding() {
        return ending;
    }

    /** Bytes that wait for the client to read them. */
    long pendingOutput() {
        ByteBuf b = out;
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return (b == null ? 0 : b.readableBytes())
                + (queue == null ? 0 : queue.totalPendingWriteBytes())
                + (tls == null ? 0 : tls.waiting());
    }

    @Override
    public long waitingOutput(long nanoTime) {
        long waiting = pendingOutput();
        if (waiting < waited || waited == 0) {
            readAt = nanoTime;
        }
        waited = waiting;
        return waiting;
    }

    @Override
    public long waiting() {
        return waited;
    }

    @Override
    public long waitingValues() {
        return waitingValues;
    }

    void valueWaits(long bytes) {
        waitingValues += bytes;
    }

    @Override
    public long readAt() {
        return readAt;
    }

    @Override
    public boolean isPython() {
        return phase instanceof PythonDialect;
    }

    /** Adds a frame. Nobody changes its bytes any more. */
    void send(byte[] payload) {
        if (ending || broken) {
            return;
        }
        try {
            room(4).writeInt(payload.length);
            appendValue(payload, 0, payload.length);
        } catch (OutOfMemoryError e) {
            breakLater();
        }
    }

    /** Adds whole frames that a writer of {@link Messages} made. */
    void sendFrames(ByteWriter frames) {
        if (ending || broken) {
            return;
        }
        try {
            append(frames.array(), 0, frames.size());
        } catch (OutOfMemoryError e) {
            breakLater();
        }
    }

    /**
     * There is no memory to say something: the connection breaks, and a native session goes on with another one. Later, as this may be in the middle of
     * another client's request.
     */
    private void breakLater() {
        broken = true;
        channel.eventLoop().execute(() -> {
            all.log().warn("{}: no memory for its replies, closing", address);
            failed();
        });
    }

    /** Adds a reply frame; the value is copied once, a large one not before it is written. */
    void reply(long request, Reply reply) {
        if (ending || broken) {
            return;
        }
        try {
            append(request, reply);
        } catch (OutOfMemoryError e) {
            breakLater();
        }
    }

    private void append(long request, Reply reply) {
        ErrorCode error = reply.error();
        if (error != null) {
            error(request, error, reply.message());
            return;
        }
        int limit = all.options().limits().frame();
        if (reply.length() > limit - Messages.REPLY_HEADER) {
            error(
                    request,
                    ErrorCode.TOO_LARGE,
                    "the reply of " + reply.length() + " bytes exceeds the frame limit of " + limit
                            + "; ask for less at a time");
            return;
        }
        int length = Messages.REPLY_HEADER + reply.length();
        room(Math.min(4 + length, CHUNK))
                .writeInt(length)
                .writeByte(Messages.REPLY)
                .writeLong(request)
                .writeByte(0);
        appendValue(reply.bytes(), reply.start(), reply.length());
    }

    private void append(byte[] bytes, int start, int length) {
        ByteBuf b = room(Math.min(length, 1));
        int left = length;
        while (true) {
            int n = Math.min(left, b.writableBytes());
            b.writeBytes(bytes, start + length - left, n);
            left -= n;
            if (left == 0) {
                return;
            }
            b = room(Math.min(left, CHUNK));
        }
    }

    /** The rest of a large value waits as references to its parts, which nobody changes. */
    private void appendValue(byte[] value, int start, int length) {
        ByteBuf b = room(Math.min(length, 1));
        int n = Math.min(length, b.writableBytes());
        if (length - n <= 2 * CHUNK) {
            // one system call writes several buffers, but each reference takes its own
            append(value, start, length);
            return;
        }
        b.writeBytes(value, start, n);
        out = null;
        Futures.unawaited(channel.write(b, channel.voidPromise()));
        for (int at = n; at < length; at += PART) {
            ValueRegion part = new ValueRegion(this, value, start + at, Math.min(PART, length - at));
            Futures.unawaited(channel.write(part, channel.voidPromise()));
        }
    }

    private void error(long request, ErrorCode error, String message) {
        all.scratch().reset();
        // an error's text is the server's own and may quote names; it always fits the smallest frame limit
        String text = message.length() > 1024 ? message.substring(0, 1024) : message;
        Messages.reply(all.scratch(), request, Reply.error(error, text));
        sendFrames(all.scratch());
    }

    /** A buffer with room for so many bytes. Buffers never grow: a full one is queued, so nothing is copied twice. */
    private ByteBuf room(int bytes) {
        ByteBuf b = out;
        if (b != null && b.writableBytes() >= bytes) {
            return b;
        }
        int least = FIRST_CHUNK;
        if (b != null) {
            out = null;
            Futures.unawaited(channel.write(b, channel.voidPromise()));
            least = CHUNK;
        }
        ByteBuf fresh = channel.alloc().directBuffer(Math.max(least, bytes));
        out = fresh;
        if (!dirty) {
            dirty = true;
            all.dirty(this);
        }
        return fresh;
    }

    /** Hands the collected output to the socket. */
    void flush() {
        dirty = false;
        ByteBuf b = out;
        if (b != null) {
            out = null;
            Futures.unawaited(channel.write(b, channel.voidPromise()));
        }
        channel.flush();
        long pending = pendingOutput();
        if (!ending && pending > all.options().limits().closeAbove()) {
            endUnread();
        } else if (pending != waited) {
            if (pending > waited) {
                all.moreWaits(pending - waited);
            }
            long unused = waitingOutput(System.nanoTime());
        }
    }

    /** The client does not read. */
    void endUnread() {
        all.log().warn("{} does not read its replies: {} bytes wait, closing", address, pendingOutput());
        abort("does not read its replies");
    }

    /** Says why, and ends. Only in the native dialect. */
    void goodbye(ErrorCode reason, String text) {
        ByteWriter scratch = all.scratch().reset();
        Messages.goodbye(scratch, reason, text);
        sendFrames(scratch);
        end(text, all.options().timeouts().closeMillis());
    }

    /** Ends once all output has left, without a goodbye: the session goes on, with the server that is started next. */
    void leave(String reason, long limitMillis) {
        cut = true;
        end(reason, limitMillis);
    }

    /** Ends once all output has left; the client gets some time to read it. */
    void end(String reason, long limitMillis) {
        if (ending) {
            return;
        }
        ending = true;
        endPhase(reason);
        ByteBuf b = out;
        out = null;
        ChannelFuture last;
        if (tls == null) {
            last = channel.writeAndFlush(b == null ? Unpooled.EMPTY_BUFFER : b);
        } else {
            if (b != null) {
                Futures.unawaited(channel.write(b, channel.voidPromise()));
            }
            last = channel.writeAndFlush(TlsHandler.END);
        }
        Futures.unawaited(last.addListener(done -> {
            if (done.isSuccess() && channel instanceof DuplexChannel duplex) {
                // a plain close with unread input would reset the connection and destroy what was just sent
                Futures.unawaited(duplex.shutdownOutput());
                closeIn(LINGER_MILLIS);
            } else {
                Futures.unawaited(channel.close());
            }
        }));
        // input is read on, to be thrown away: the client's close must be seen
        channel.config().setAutoRead(true);
        closeIn(limitMillis);
    }

    /** At the latest. */
    private void closeIn(long millis) {
        ScheduledFuture<?> before = closing;
        if (before != null && before.getDelay(TimeUnit.MILLISECONDS) <= millis) {
            return;
        }
        forgetClosing();
        closing = channel.eventLoop().schedule(() -> Futures.unawaited(channel.close()), millis, TimeUnit.MILLISECONDS);
    }

    /** A timer that is left to run keeps all that belonged to the connection for as long. */
    private void forgetClosing() {
        ScheduledFuture<?> before = closing;
        if (before != null) {
            closing = null;
            before.cancel(false);
        }
    }

    /** The client has closed its side. */
    void inputEnded() {
        unacknowledged = pendingOutput() > 0 || !Transport.isAcknowledged(channel);
        cut = true;
        abort("closed by the client");
    }

    /** Once it has ended: whether the client has received all that was sent. */
    boolean hasDelivered() {
        return !isReset && !unacknowledged;
    }

    /** Whether the connection ended by itself, not by what one of the sides said or did: a session goes on then. */
    boolean isCut() {
        return cut;
    }

    /** The socket has failed. */
    void failed() {
        isReset = true;
        cut = true;
        abort("connection failed");
    }

    /** Ends without a word; the session goes on, with whoever serves it next. */
    void cutOff(String reason) {
        cut = true;
        abort(reason);
    }

    /** Ends without a word. */
    void abort(String reason) {
        ending = true;
        endPhase(reason);
        Futures.unawaited(channel.close());
    }

    @Override
    public Source source() {
        return source;
    }

    @Override
    public long accepted() {
        return accepted;
    }

    /** The client has proved the key. */
    void proved() {
        if (!proven) {
            proven = true;
            all.admission().proved(this, System.nanoTime());
        }
    }

    /** Logs that the client is turned away, and why. */
    void refused(Admission.Failure failure, String why) {
        all.refusals().refused(Addresses.host(channel), Addresses.port(channel), why);
        all.engine().access().rejected(Addresses.host(channel), Addresses.port(channel), why);
        fail(failure);
    }

    private void fail(Admission.Failure failure) {
        if (!proven && !failed) {
            failed = true;
            all.admission().failed(this, failure, System.nanoTime());
        }
    }

    @Override
    public void drop(String why) {
        if (ending) {
            // it lingers after a last word
            Futures.unawaited(channel.close());
        } else {
            refused(Admission.Failure.NO_PROOF, why);
            abort("dropped");
        }
    }

    /** The client has got through the handshake. */
    void leaveHalfOpen() {
        if (halfOpen) {
            halfOpen = false;
            all.leaveHalfOpen();
        }
    }

    /** The channel is gone. */
    void closed() {
        ending = true;
        forgetClosing();
        leaveHalfOpen();
        fail(Admission.Failure.NO_PROOF);
        all.admission().closed(this, proven, System.nanoTime());
        phase.closed();
        ByteBuf b = out;
        if (b != null) {
            out = null;
            b.release();
        }
        cut = true;
        endPhase("connection closed");
    }

    private void endPhase(String reason) {
        if (!phaseEnded) {
            phaseEnded = true;
            phase.ended(reason);
        }
    }
}
