package io.multiproc.server.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;

/**
 * The handler of what goes wrong when a listener accepts, which is mostly that the process may open no further file. It says so once, with what to do,
 * and has those go first who have not proved the key.
 */
final class AcceptFaults extends ChannelInboundHandlerAdapter {
    /** Until somebody else closes something; and when strangers have made room. */
    private static final long PAUSE_MILLIS = 500;

    private static final long SHORT_PAUSE_MILLIS = 10;
    /** Without a fault for so long it is over, and the next one is told again. */
    private static final long OVER = TimeUnit.MINUTES.toNanos(1);
    /** So many strangers go at once. */
    private static final int ROOM = 64;

    private final Logger log;
    private final BooleanSupplier dropOne;
    private boolean told;
    private long last;

    /** @param dropOne drops a connection of a stranger, false if there is none */
    AcceptFaults(Logger log, BooleanSupplier dropOne) {
        this.log = log;
        this.dropOne = dropOne;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        long now = System.nanoTime();
        if (!told || now - last > OVER) {
            log.error(
                    "cannot accept connections on {}: {}. If the process has too many open files, raise their limit (ulimit -n, LimitNOFILE= of"
                            + " systemd, --ulimit nofile= of Docker) or lower --max-connections; not told again while it lasts",
                    ctx.channel().localAddress(),
                    cause.toString());
            told = true;
        }
        last = now;
        int dropped = 0;
        while (dropped < ROOM && dropOne.getAsBoolean()) {
            dropped++;
        }
        long pause = dropped == 0 ? PAUSE_MILLIS : SHORT_PAUSE_MILLIS;
        ctx.channel().config().setAutoRead(false);
        Futures.unawaited(ctx.channel()
                .eventLoop()
                .schedule(() -> ctx.channel().config().setAutoRead(true), pause, TimeUnit.MILLISECONDS));
    }
}
