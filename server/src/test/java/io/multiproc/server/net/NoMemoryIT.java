package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.ManagerServer;
import java.lang.reflect.Field;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Memory that runs out outside of the state costs a connection at the most, and no session. */
class NoMemoryIT extends ServerFixture {
    /** As Netty reports that it found no memory for what it reads. */
    private void readingFails() throws ReflectiveOperationException {
        Connections connections =
                (Connections) field(NetServer.class, field(ManagerServer.class, server(), "net"), "connections");
        Set<?> open = (Set<?>) field(Connections.class, connections, "open");
        Field channel = Connection.class.getDeclaredField("channel");
        channel.setAccessible(true);
        for (Object c : open) {
            ((io.netty.channel.Channel) channel.get(c)).pipeline().fireExceptionCaught(new OutOfMemoryError("as if"));
        }
    }

    private static Object field(Class<?> of, Object object, String name) throws ReflectiveOperationException {
        Field field = of.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(object);
    }

    @Test
    void aSessionGoesOnAfterItsConnectionFoundNoMemory() throws Exception {
        String uri = start();
        HelloAck first;
        try (RawClient client = RawClient.connect(uri)) {
            first = client.greet(Hello.named("cut"));
            client.raw(RawClient.request(1, QueueOp.TAKE, QUEUE, Values.ofInteger(-1)));
            client.call(2, DictOp.SET, DICT, Values.ofText("k"), Values.ofInteger(1));
            readingFails();
            client.assertClosed();
        }
        try (RawClient other = RawClient.open(uri, "other")) {
            other.call(1, QueueOp.PUT, QUEUE, Values.ofInteger(7), Values.ofInteger(0));
        }
        try (RawClient again = RawClient.connect(uri)) {
            HelloAck ack = again.greet(new Hello(
                    Hello.VERSION,
                    Hello.VERSION,
                    first.session(),
                    0,
                    new byte[Hello.FINGERPRINT],
                    "cut",
                    new Hello.Resume(first.epoch(), first.secret(), 1)));
            assertEquals(first.session(), ack.session());
            assertEquals(2, ack.received());
            assertEquals(7, Values.integer(again.value(1), 0));
        }
    }
}
