package io.multiproc.server.net;

import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The encryption of one connection: TLS 1.3 by the authkey, between the socket and {@link ConnectionHandler}, which sees plain bytes. What is written before
 * the connection is open waits. The steps of the TLS handshake are done by another thread, as they take as long as hundreds of requests.
 *
 * <p>Plain bytes are encrypted as the socket takes them: a reply that waits for a slow client waits as it is, see {@link #waiting}.
 */
final class TlsHandler extends ChannelDuplexHandler {
    /** Plain bytes that are encrypted at a time: some records of the largest size. */
    private static final int CHUNK = 64 << 10;

    /** What a peer may send before its handshake is complete: far more than that needs. */
    private static final int MOST_EARLY = 64 << 10;

    private static final byte[] NOTHING = {};

    /** The connection is encrypted from now on, and both ends know the key. What comes with it is known to them alone. */
    record Opened(byte[] binding, @Nullable TlsKey key) {}

    /** Written last by an orderly end: the peer is told that nothing more comes, and can tell this end from a cut. Nothing more is read. */
    static final Object END = new Object();

    /** Instead of the event of an input's end: the peer has not said that its stream ends, so what has arrived may not be all that it sent. */
    static final Object CUT_OFF = new Object();

    /** Arrays for one read or write at a time, which all connections of an event loop share. */
    static final class Buffers {
        private byte[] records = new byte[CHUNK];
        private final byte[] plain = new byte[CHUNK];

        private byte[] records(int size) {
            if (records.length < size) {
                records = new byte[size];
            }
            return records;
        }
    }

    private record Message(Object content, ChannelPromise promise) {
        int remaining() {
            return content instanceof ByteBuf b
                    ? b.readableBytes()
                    : content instanceof ValueRegion region ? region.remaining() : 0;
        }

        int take(byte[] to) {
            int n = Math.min(to.length, remaining());
            if (content instanceof ByteBuf b) {
                b.readBytes(to, 0, n);
            } else if (content instanceof ValueRegion region) {
                region.take(to, n);
            }
            return n;
        }
    }

    private final TlsEngine engine;
    private final Executor handshakes;
    private final Buffers arrays;
    private final Deque<Message> queue = new ArrayDeque<>();
    private long waiting;
    private boolean open;
    private boolean failed;
    private boolean draining;
    private boolean ended;
    private boolean toldCut;
    /** While a step of the handshake runs elsewhere, the engine is that thread's, and what arrives is kept. */
    private boolean stepping;

    private byte[] early = NOTHING;

    TlsHandler(TlsEngine engine, Executor handshakes, Buffers arrays) {
        this.engine = engine;
        this.handshakes = handshakes;
        this.arrays = arrays;
    }

    /** Plain bytes that were written and are not encrypted yet. */
    long waiting() {
        return waiting;
    }

    // ---- in

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (engine.pending() > 0) {
            // a client speaks first
            sendRecords(ctx, ctx.voidPromise());
            ctx.flush();
        }
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (failed || ended || !(message instanceof ByteBuf in)) {
            ReferenceCountUtil.release(message);
            return;
        }
        try {
            int n = in.readableBytes();
            if (open) {
                byte[] b = arrays.records(n);
                in.readBytes(b, 0, n);
                receive(ctx, b, n);
                return;
            }
            if (early.length + n > MOST_EARLY) {
                fail(ctx, TlsException.early(MOST_EARLY));
                return;
            }
            int before = early.length;
            early = Arrays.copyOf(early, before + n);
            in.readBytes(early, before, n);
            if (!stepping) {
                step(ctx);
            }
        } finally {
            in.release();
        }
    }

    private void step(ChannelHandlerContext ctx) {
        byte[] bytes = early;
        early = NOTHING;
        stepping = true;
        try {
            handshakes.execute(() -> {
                TlsException failure = null;
                try {
                    engine.receive(bytes, 0, bytes.length);
                } catch (TlsException e) {
                    failure = e;
                }
                TlsException result = failure;
                try {
                    ctx.executor().execute(() -> stepped(ctx, result));
                } catch (RejectedExecutionException e) {
                    // the event loop has ended, and the connection with it
                }
            });
        } catch (RejectedExecutionException e) {
            Futures.unawaited(ctx.close());
        }
    }

    private void stepped(ChannelHandlerContext ctx, @Nullable TlsException failure) {
        stepping = false;
        if (ctx.isRemoved() || failed) {
            return;
        }
        if (failure != null) {
            fail(ctx, failure);
            return;
        }
        sendRecords(ctx, ctx.voidPromise());
        if (engine.isOpen()) {
            open = true;
            ctx.fireUserEventTriggered(new Opened(engine.binding(), engine.key()));
            byte[] rest = early;
            early = NOTHING;
            receive(ctx, rest, rest.length);
            flush(ctx);
            ctx.fireChannelReadComplete();
            return;
        }
        ctx.flush();
        if (early.length > 0) {
            step(ctx);
        }
    }

    private void receive(ChannelHandlerContext ctx, byte[] records, int length) {
        try {
            engine.receive(records, 0, length);
        } catch (TlsException e) {
            fail(ctx, e);
            return;
        }
        byte[] plain = arrays.plain;
        // whoever takes it copies it before it returns
        for (int n = engine.read(plain, 0, Math.min(CHUNK, engine.available()));
                n > 0;
                n = engine.read(plain, 0, Math.min(CHUNK, engine.available()))) {
            ctx.fireChannelRead(Unpooled.wrappedBuffer(plain, 0, n));
        }
        if (engine.isClosed() && !failed) {
            // before an answer to that: what the peer's kernel has acknowledged is looked at now
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        if (engine.pending() > 0 && open && !ctx.channel().isWritable()) {
            // renewals of keys from somebody who does not read: the answers would fill the memory
            fail(ctx, TlsException.unread());
        } else if (engine.pending() > 0) {
            // an answer to a renewal of keys, or to an end
            sendRecords(ctx, ctx.voidPromise());
            ctx.flush();
        }
    }

    private void fail(ChannelHandlerContext ctx, TlsException e) {
        failed = true;
        // the peer is to know why
        sendRecords(ctx, ctx.voidPromise());
        ctx.flush();
        releaseAll();
        ctx.fireExceptionCaught(e);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof ChannelInputShutdownEvent) || !isCutOff()) {
            ctx.fireUserEventTriggered(event);
        } else {
            tellCutOff(ctx);
        }
    }

    private boolean isCutOff() {
        return open && !failed && !ended && !engine.isEnded();
    }

    private void tellCutOff(ChannelHandlerContext ctx) {
        if (!toldCut) {
            toldCut = true;
            ctx.fireUserEventTriggered(CUT_OFF);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (isCutOff()) {
            tellCutOff(ctx);
        }
        failed = true;
        releaseAll();
        ctx.fireChannelInactive();
    }

    // ---- out

    /** Says in TLS that nothing more comes, after all that was written. */
    void sayEnd(ChannelHandlerContext ctx) {
        if (open && !failed) {
            engine.close();
            sendRecords(ctx, ctx.voidPromise());
            ctx.flush();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (failed) {
            ReferenceCountUtil.release(message);
            // an end that waits for what was said before it must not wait for ever
            Futures.unawaited(ctx.write(Unpooled.EMPTY_BUFFER, promise));
            return;
        }
        Message m = new Message(message, promise);
        queue.add(m);
        waiting += m.remaining();
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (open) {
            drain(ctx);
        }
        ctx.flush();
    }

    /** Encrypts as much as the socket is likely to take soon. */
    private void drain(ChannelHandlerContext ctx) {
        if (draining) {
            return;
        }
        draining = true;
        try {
            for (Message m = queue.peek(); m != null && !failed && ctx.channel().isWritable(); m = queue.peek()) {
                int n = m.take(arrays.plain);
                waiting -= n;
                if (n > 0) {
                    engine.write(arrays.plain, 0, n);
                }
                if (m.content() == END) {
                    ended = true;
                    engine.close();
                }
                boolean whole = m.remaining() == 0;
                if (whole) {
                    queue.remove();
                    ReferenceCountUtil.release(m.content());
                }
                sendRecords(ctx, whole ? m.promise() : ctx.voidPromise());
            }
        } catch (TlsException e) {
            fail(ctx, e);
        } finally {
            draining = false;
        }
    }

    private void sendRecords(ChannelHandlerContext ctx, ChannelPromise promise) {
        int n = engine.pending();
        if (n == 0) {
            Futures.unawaited(ctx.write(Unpooled.EMPTY_BUFFER, promise));
            return;
        }
        ByteBuf records = ctx.alloc().directBuffer(n);
        byte[] b = arrays.records(n);
        records.writeBytes(b, 0, engine.drain(b, 0, n));
        Futures.unawaited(ctx.write(records, promise));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (open && ctx.channel().isWritable() && !queue.isEmpty()) {
            flush(ctx);
            if (!queue.isEmpty()) {
                // not for those who wait for all to have left
                return;
            }
        }
        ctx.fireChannelWritabilityChanged();
    }

    private void releaseAll() {
        for (Message m = queue.poll(); m != null; m = queue.poll()) {
            ReferenceCountUtil.release(m.content());
            if (!m.promise().isVoid()) {
                boolean ignored = m.promise().tryFailure(new ClosedChannelException());
            }
        }
        waiting = 0;
    }
}
