package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a connection ends: said by one of the sides within TLS, or cut. */
class TlsHandlerTest {
    private static final TlsKey KEY = TlsKey.of(Authkey.of(new byte[32]));

    private final TlsEngine client = TlsEngine.client(KEY);
    private final List<Object> events = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(
            new TlsHandler(TlsEngine.server(List.of(KEY)), Runnable::run, new TlsHandler.Buffers()),
            new ChannelInboundHandlerAdapter() {
                @Override
                public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                    events.add(event);
                }
            });

    /** Moves records both ways until nobody has any. */
    private void pass() throws TlsException {
        boolean moved = true;
        while (moved) {
            moved = false;
            byte[] out = new byte[client.pending()];
            if (out.length > 0) {
                moved = true;
                channel.writeInbound(Unpooled.wrappedBuffer(out, 0, client.drain(out, 0, out.length)));
                channel.runPendingTasks();
            }
            for (ByteBuf b = channel.readOutbound(); b != null; b = channel.readOutbound()) {
                byte[] in = new byte[b.readableBytes()];
                b.readBytes(in).release();
                moved |= in.length > 0;
                client.receive(in, 0, in.length);
            }
        }
    }

    @BeforeEach
    void shakeHands() throws TlsException {
        pass();
        assertTrue(client.isOpen());
        assertInstanceOf(TlsHandler.Opened.class, events.remove(0));
    }

    @Test
    void theLastWordIsThatNothingComes() throws TlsException {
        ChannelFuture before = channel.write(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
        ChannelFuture last = channel.writeAndFlush(TlsHandler.END);
        assertTrue(before.isSuccess() && last.isSuccess());
        // what a client says meanwhile is no fault
        byte[] late = {4};
        client.write(late, 0, 1);
        pass();
        assertTrue(client.isEnded());
        assertEquals(3, client.available());
        channel.checkException();
        assertNull(channel.readInbound());
        boolean ignored = channel.finish();
        assertEquals(List.of(), events, "what this side has ended was not cut");
    }

    @Test
    void aClientThatEndsIsNotCutOff() throws TlsException {
        byte[] word = {5};
        client.write(word, 0, 1);
        client.close();
        pass();
        ByteBuf heard = channel.readInbound();
        assertEquals(1, heard.readableBytes());
        assertEquals(List.of(ChannelInputShutdownEvent.INSTANCE), events);
        boolean ignored = channel.finish();
        assertEquals(List.of(ChannelInputShutdownEvent.INSTANCE), events);
    }

    @Test
    void aStreamThatStopsWasCut() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertEquals(List.of(TlsHandler.CUT_OFF), events);
        boolean ignored = channel.finish();
        assertEquals(List.of(TlsHandler.CUT_OFF), events, "told once");
    }

    @Test
    void aSocketThatClosesWasCut() {
        boolean ignored = channel.finish();
        assertEquals(List.of(TlsHandler.CUT_OFF), events);
    }
}
