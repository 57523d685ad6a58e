package io.multiproc.server.net;

import io.multiproc.protocol.tls.TlsException;
import io.multiproc.server.engine.NotLeadingException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The reader of one connection: splits what arrives into frames and hands them to the phase.
 *
 * <p>Whole frames are parsed in an array that all connections share; only the start of a frame that is not complete is kept
 * per connection. That array grows as bytes arrive, whatever length the frame announces.
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
    private static final byte[] NOTHING = new byte[0];
    /** The event that says that the phase is no longer busy. */
    static final Object GO_ON = new Object();

    private static final int LENGTH = 4;
    /** CPython's form for payloads beyond 2 GiB, which it takes for any: -1, then 8 bytes. */
    private static final int LONG_LENGTH = 8;

    /** A frame that announces more is no request of a program, and ends the connection. */
    private static final long MOST_SKIPPED = 4L << 30;

    /** A kept array above this size is given to all connections once its frame has been taken. */
    private static final int KEEP = 64 << 10;

    private final Connections all;
    private final ListenAddress listener;
    private @Nullable Connection connection;
    private byte[] kept = NOTHING;
    private int keptSize;
    /** Bytes that must be there before looking at the kept frame makes sense again. */
    private int wanted = LENGTH;

    private @Nullable LargeFrame large;
    /** How much of a frame above the limit has still to be thrown away, and the length of that frame. */
    private long toSkip;

    private long skipped;
    /** The start of a frame that is thrown away as there is no memory for it; null while none is. */
    private byte @Nullable [] refused;

    private boolean stalled;
    private boolean resuming;

    ConnectionHandler(Connections all, ListenAddress listener) {
        this.all = all;
        this.listener = listener;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        Connection c = all.accept(ctx.channel(), listener);
        if (c == null) {
            Futures.unawaited(ctx.close());
            return;
        }
        connection = c;
        if (c.phase() instanceof HandshakePhase handshake) {
            handshake.start();
        }
        c.flush();
        Transport.quickAck(ctx.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Connection c = connection;
        if (c == null || c.isEnding() || !(message instanceof ByteBuf in)) {
            ReferenceCountUtil.release(message);
            return;
        }
        try {
            c.lastHeard = all.now();
            all.burst();
            take(c, in);
        } finally {
            in.release();
        }
    }

    private void take(Connection c, ByteBuf in) {
        if (toSkip > 0) {
            skip(c, in);
        }
        LargeFrame frame = large;
        if (frame != null && frame.growth(in.readableBytes()) > 0 && !hasRoomFor(frame.growth(in.readableBytes()))) {
            large = null;
            throwAway(frame.head(), frame.missing());
            skip(c, in);
        } else if (frame != null) {
            frame.add(in);
            takeLarge(c, frame);
        }
        int n = in.readableBytes();
        if (n == 0 || c.isEnding()) {
            return;
        }
        if (keptSize > 0 || stalled) {
            if (!stalled && kept.length - keptSize < n && !hasRoomFor(Math.min(wanted, 2 * (keptSize + n)))) {
                int start = wanted > LENGTH + LargeFrame.HEAD ? LENGTH : keptSize;
                if (keptSize >= start + LargeFrame.HEAD && c.phase().canRefuse(kept, start)) {
                    throwAway(Arrays.copyOfRange(kept, start, start + LargeFrame.HEAD), wanted - keptSize);
                    kept = NOTHING;
                    keptSize = 0;
                    take(c, in);
                    return;
                }
            }
            keep(in, n);
            if (!stalled && keptSize >= wanted) {
                splitKept(c);
            }
            return;
        }
        byte[] bytes = all.input(n);
        in.readBytes(bytes, 0, n);
        int done = split(c, bytes, n);
        if (done < n && !c.isEnding()) {
            int rest = n - done;
            if (kept.length < rest) {
                kept = new byte[Math.max(rest, 256)];
            }
            System.arraycopy(bytes, done, kept, 0, rest);
            keptSize = rest;
        }
    }

    private void skip(Connection c, ByteBuf in) {
        int n = (int) Math.min(in.readableBytes(), toSkip);
        in.skipBytes(n);
        toSkip -= n;
        byte[] head = refused;
        if (toSkip == 0 && head != null) {
            refused = null;
            c.phase().refuse(head);
        } else if (toSkip == 0) {
            c.phase().skipped(skipped, c.phase().limit(-1));
        }
    }

    private boolean hasRoomFor(int bytes) {
        return bytes < LargeFrame.LEAST || all.engine().hasRoomFor(bytes);
    }

    /** The rest of a frame for which there is no memory: its client is told when all of it has arrived. */
    private void throwAway(byte[] head, int rest) {
        refused = head;
        toSkip = rest;
    }

    private void takeLarge(Connection c, LargeFrame frame) {
        if (frame.isWhole() && !stalls(c)) {
            large = null;
            c.phase().frame(frame);
        }
    }

    private void keep(ByteBuf in, int n) {
        if (kept.length - keptSize < n) {
            // doubling, but never further than the frame needs: memory follows what has arrived
            long room = Math.max((long) keptSize + n, Math.min(2L * kept.length, wanted));
            byte[] spare = room > KEEP ? all.spare(Math.max(wanted, keptSize + n)) : null;
            if (spare == null) {
                kept = Arrays.copyOf(kept, (int) Math.min(room, Integer.MAX_VALUE - 16));
            } else {
                System.arraycopy(kept, 0, spare, 0, keptSize);
                kept = spare;
            }
        }
        in.readBytes(kept, keptSize, n);
        keptSize += n;
    }

    private void splitKept(Connection c) {
        int done = split(c, kept, keptSize);
        int rest = c.isEnding() ? 0 : keptSize - done;
        if (rest > 0 && done > 0) {
            System.arraycopy(kept, done, kept, 0, rest);
        }
        keptSize = rest;
        if (rest == 0 && kept.length > KEEP) {
            all.giveSpare(kept);
            kept = NOTHING;
        }
    }

    /** Hands over all whole frames and returns where the rest starts. */
    private int split(Connection c, byte[] b, int end) {
        int at = 0;
        wanted = LENGTH;
        while (end - at >= LENGTH && !c.isEnding()) {
            if (stalls(c)) {
                return at;
            }
            long announced = length(b, at);
            int start = at + LENGTH;
            if (announced == -1 && c.phase().takesLongForm()) {
                if (end - start < LONG_LENGTH) {
                    wanted = LENGTH + LONG_LENGTH;
                    return at;
                }
                announced = (long) length(b, start) << 32 | length(b, start + LENGTH) & 0xffff_ffffL;
                start += LONG_LENGTH;
            }
            int limit = c.phase().limit(start < end ? b[start] & 0xff : -1);
            if (announced > limit && announced <= MOST_SKIPPED && c.phase().skipsTooLong()) {
                if (announced > end - start) {
                    skipped = announced;
                    toSkip = announced - (end - start);
                    return end;
                }
                at = start + (int) announced;
                c.phase().skipped(announced, limit);
                continue;
            }
            if (announced < 0 || announced > limit) {
                c.phase().badLength(announced, limit);
                return end;
            }
            int length = (int) announced;
            if (end - start < length) {
                boolean mayBeLarge = length >= LargeFrame.LEAST;
                boolean hasHead = mayBeLarge && end - start >= LargeFrame.HEAD;
                if (hasHead && c.phase().canRefuse(b, start) && !hasRoomFor(length)) {
                    throwAway(Arrays.copyOfRange(b, start, start + LargeFrame.HEAD), length - (end - start));
                    return end;
                }
                if (hasHead && c.phase().takesApart(b, start)) {
                    large = new LargeFrame(b, start, end, length);
                    return end;
                }
                wanted = start - at + (mayBeLarge && !hasHead ? LargeFrame.HEAD : length);
                return at;
            }
            c.phase().frame(b, start, start + length);
            at = start + length;
        }
        return at;
    }

    /** Whether a client has to read its replies, or its last request has to be answered, before more of it is taken. */
    private boolean stalls(Connection c) {
        if (c.pendingOutput() <= all.options().limits().highWater()
                && !c.phase().isBusy()) {
            return false;
        }
        stalled = true;
        c.channel().config().setAutoRead(false);
        return true;
    }

    private static int length(byte[] b, int at) {
        return b[at] << 24 | (b[at + 1] & 0xff) << 16 | (b[at + 2] & 0xff) << 8 | b[at + 3] & 0xff;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Connection c = connection;
        if (c != null && (c.session == 0 || (keptSize > 0 && c.phase() instanceof PythonDialect))) {
            Transport.quickAck(ctx.channel());
        }
        all.batchSizes().end();
        all.flush();
        goOn(ctx);
    }

    /** Whatever stalled the client may be over. */
    private void goOn(ChannelHandlerContext ctx) {
        Connection c = connection;
        if (stalled && c != null && ctx.channel().isWritable() && !c.phase().isBusy()) {
            resumeLater(ctx);
        }
    }

    /** The client will send nothing more: the last moment to learn what its kernel has received. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        Connection c = connection;
        if (c != null && event instanceof TlsHandler.Opened opened && c.phase() instanceof HandshakePhase handshake) {
            handshake.bind(opened);
        }
        if (event == GO_ON) {
            goOn(ctx);
            return;
        }
        if (c != null && event == TlsHandler.CUT_OFF && !c.isEnding()) {
            all.log().debug("{}: cut off, the client did not end TLS", c.address());
            c.failed();
            all.flush();
        }
        if (c != null && event instanceof ChannelInputShutdownEvent && !c.isEnding()) {
            c.inputEnded();
            all.flush();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        goOn(ctx);
    }

    /** Goes on with a client whose output has drained. Later, as this may be within a flush. */
    private void resumeLater(ChannelHandlerContext ctx) {
        if (!resuming) {
            resuming = true;
            ctx.executor().execute(() -> resume(ctx));
        }
    }

    private void resume(ChannelHandlerContext ctx) {
        resuming = false;
        Connection c = connection;
        if (c == null || c.isEnding() || !stalled) {
            return;
        }
        stalled = false;
        all.burst();
        LargeFrame frame = large;
        if (frame != null) {
            takeLarge(c, frame);
        }
        if (!stalled && large == null) {
            splitKept(c);
        }
        if (!stalled && !c.isEnding()) {
            ctx.channel().config().setAutoRead(true);
        }
        channelReadComplete(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Connection c = connection;
        if (c != null) {
            all.burst();
            all.gone(c);
            all.flush();
        }
        kept = NOTHING;
        keptSize = 0;
        large = null;
        refused = null;
        toSkip = 0;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Connection c = connection;
        String address = c == null ? "a connection" : c.address();
        if (cause instanceof NotLeadingException && c != null) {
            c.cutOff(String.valueOf(cause.getMessage()));
            return;
        }
        if (cause instanceof TlsException tls && c != null && c.phase() instanceof HandshakePhase) {
            c.refused(
                    tls.reason() == TlsException.Reason.WRONG_KEY
                            ? Admission.Failure.WRONG_KEY
                            : Admission.Failure.NO_CLIENT,
                    String.valueOf(tls.getMessage()));
            c.end("TLS failed", all.options().timeouts().handshakeMillis());
            return;
        }
        if (cause instanceof IOException || cause instanceof OutOfMemoryError) {
            // a native session goes on with another connection
            if (c != null) {
                c.failed();
            }
            tell(address, cause);
        } else {
            all.log().error("fault while serving {}, closing it", address, cause);
            if (c != null) {
                c.abort("fault");
            }
        }
        Futures.unawaited(ctx.close());
    }

    private void tell(String address, Throwable cause) {
        if (cause instanceof OutOfMemoryError) {
            try {
                all.log().warn("{}: no memory to read what it sends, closing", address);
            } catch (OutOfMemoryError e) {
                // the end of the connection is worth more than the line
            }
        } else {
            all.log().debug("{}: {}", address, cause.toString());
        }
    }
}
