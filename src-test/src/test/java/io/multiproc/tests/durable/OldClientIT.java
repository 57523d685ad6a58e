package io.multiproc.tests.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Values;
import io.multiproc.tests.fixtures.Await;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that was made before sessions survived their server, and does not say in its Hello what it has kept, beside a server that is killed and started again. */
@Tag("jdk")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OldClientIT {
    @TempDir
    Path folder;

    /** One connection, as such a client makes it. */
    private static final class Old implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private final ClientHandshake handshake;
        private int replies;

        Old(DataServer server) throws IOException, HandshakeException {
            URI at = URI.create(server.uri());
            socket = new Socket(at.getHost(), at.getPort());
            in = new DataInputStream(socket.getInputStream());
            handshake = new ClientHandshake(Authkey.of(server.key()));
            while (!handshake.isDone()) {
                for (byte[] frame : handshake.receive(receive())) {
                    send(frame);
                }
            }
        }

        HelloAck greet(long session, Hello.Resume resume) throws IOException, HandshakeException {
            send(handshake.hello(
                    new Hello(Hello.VERSION, Hello.VERSION, session, 0, new byte[Hello.FINGERPRINT], "old", resume)));
            return handshake.receiveAck(receive());
        }

        private void send(byte[] frame) throws IOException {
            socket.getOutputStream()
                    .write(new ByteWriter().i32(frame.length).raw(frame).toByteArray());
        }

        private byte[] receive() throws IOException {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return frame;
        }

        byte[] call(long id, Op op, long object, byte[]... values) throws IOException {
            ByteWriter frame = new ByteWriter();
            int mark = Messages.beginRequest(frame, id, op.code(), object);
            frame.u8(values.length);
            for (byte[] value : values) {
                frame.raw(value);
            }
            Messages.endFrame(frame, mark);
            socket.getOutputStream().write(frame.toByteArray());
            byte[] reply = receive();
            assertEquals(id, Messages.id(reply, 0));
            assertEquals(0, Messages.status(reply, 0));
            replies++;
            return reply;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void isToldThatItsSessionIsOverAndLosesWhatItHeld() throws Exception {
        try (DataServer server = new DataServer(folder, "--grace", "3")) {
            HelloAck ack;
            Hello.Resume asOld;
            try (Manager watcher = server.connect();
                    Old old = new Old(server)) {
                long counts = watcher.dict("counts").objectId();
                long guard = watcher.lock("guard").objectId();
                ack = old.greet(0, Hello.Resume.NONE);
                old.call(1, LockOp.ACQUIRE, guard, Values.ofInteger(1), Values.ofInteger(-1));
                old.call(2, DictOp.ADD, counts, Values.ofText("n"), Values.ofInteger(1));
                asOld = new Hello.Resume(ack.epoch(), ack.secret(), old.replies);
                assertFalse(watcher.lock("guard").tryLock(), "the old client has it");
            }
            // a cut cable is what it knows
            try (Old old = new Old(server)) {
                assertEquals(ack.session(), old.greet(ack.session(), asOld).session());
            }
            server.kill();
            server.start();
            try (Manager watcher = server.connect();
                    Old old = new Old(server)) {
                HandshakeException refused =
                        assertThrows(HandshakeException.class, () -> old.greet(ack.session(), asOld));
                assertEquals(ErrorCode.SERVER_RESTARTED, refused.code());
                assertTrue(
                        refused.getMessage().contains("its client is too old to go on: update it"), refused::toString);
                // it opens another one, as it does after any restart
                try (Old again = new Old(server)) {
                    assertTrue(again.greet(0, Hello.Resume.NONE).session() != ack.session());
                }
                assertTrue(watcher.lock("guard").tryLock(Await.LONG), "it is free after the grace");
                assertEquals(1L, ((Number) watcher.dict("counts").get("n")).longValue(), "what it had been answered");
            }
        }
    }
}
