package io.multiproc.tests.nodes;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.net.NodeAddress;
import io.multiproc.server.net.NodeChannel;
import io.multiproc.server.net.NodeOptions;
import io.multiproc.server.raft.Nodes;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Saboteur;
import io.multiproc.tests.fixtures.Saboteur.Breakage;
import io.multiproc.tests.fixtures.Saboteur.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes over cables that break at any byte: messages get lost, and those that arrive are whole, each once, in their order. */
@Timeout(180)
class NodeChaosIT {
    private static final int BREAKING = 20;
    private static final int LARGEST = 60_000;
    private static final Fault[] FAULTS = {Fault.CLOSE, Fault.RESET, Fault.HALF_CLOSE, Fault.STALL};

    private final long seed = System.nanoTime();

    /** A node that sends numbered messages and checks those of the other one. */
    private final class Node implements Nodes.Listener, AutoCloseable {
        final NodeChannel channel;
        final AtomicLong next = new AtomicLong();
        final AtomicLong last = new AtomicLong(-1);
        final AtomicInteger present = new AtomicInteger();
        final AtomicReference<@Nullable String> wrong = new AtomicReference<>();

        Node(String name) throws IOException {
            channel = NodeChannel.listen(new NodeOptions(
                    name,
                    NodeAddress.parse("127.0.0.1:0"),
                    null,
                    List.of(Authkey.ofText("the authkey of all nodes")),
                    null,
                    LARGEST));
        }

        boolean sendTo(String other) {
            byte[] message = message(next.getAndIncrement());
            int cut = message.length / 3;
            return channel.send(other, Arrays.copyOf(message, cut), Arrays.copyOfRange(message, cut, message.length));
        }

        @Override
        public @Nullable String greeted(String node, byte[] greeting) {
            present.set(1);
            return greeting.length == 3 ? null : "another greeting";
        }

        @Override
        public void received(String node, byte[] message) {
            long number = ByteBuffer.wrap(message).getLong();
            if (present.get() == 0) {
                wrong.compareAndSet(null, "a message of a node that is lost");
            }
            if (number <= last.get() || !Arrays.equals(message(number), message)) {
                wrong.compareAndSet(null, "after " + last + " comes " + number + ", " + message.length + " bytes");
            }
            last.set(number);
        }

        @Override
        public void lost(String node, String why) {
            if (present.getAndSet(0) == 0) {
                wrong.compareAndSet(null, "lost twice");
            }
        }

        @Override
        public void close() {
            channel.close();
        }
    }

    private byte[] message(long number) {
        Random random = new Random(seed + number);
        byte[] message = new byte[8 + random.nextInt(random.nextInt(10) == 0 ? LARGEST - 8 : 200)];
        random.nextBytes(message);
        ByteBuffer.wrap(message).putLong(number);
        return message;
    }

    private Saboteur cable(Node to, Random random) {
        Saboteur.Plan plan = (connection, toServer) -> connection >= BREAKING
                ? Breakage.NONE
                : new Breakage(
                        random.nextInt(random.nextBoolean() ? 3_000 : 300_000), FAULTS[random.nextInt(FAULTS.length)]);
        return new Saboteur("tcp://" + to.channel.ownAddress(), plan);
    }

    private static void startWith(Node node, String other, Saboteur cable) {
        node.channel.known(other, cable.uri().substring("tcp://".length()));
        node.channel.start(new byte[3], node);
    }

    @Test
    void whatArrivesIsWholeAndInOrder() throws Exception {
        System.out.println("seed " + seed);
        // of its own lock: both cables ask it from several threads
        Random random = new Random(seed);
        try (Node a = new Node("a");
                Node b = new Node("b");
                Saboteur toA = cable(a, random);
                Saboteur toB = cable(b, random)) {
            startWith(a, "b", toB);
            startWith(b, "a", toA);
            Await.until("all cables broke that break", () -> {
                send(a, "b");
                send(b, "a");
                return a.channel.trouble("b") == null
                        && b.channel.trouble("a") == null
                        && toA.connections() > BREAKING
                        && toB.connections() > BREAKING;
            });
            long atLeastA = b.next.get();
            long atLeastB = a.next.get();
            Await.until("messages arrive on whole cables", () -> {
                send(a, "b");
                send(b, "a");
                return a.last.get() >= atLeastA && b.last.get() >= atLeastB;
            });
            assertNull(a.wrong.get());
            assertNull(b.wrong.get());
        }
    }

    private static void send(Node from, String to) {
        for (int i = 0; i < 20 && from.channel.waiting(to) < 1 << 20; i++) {
            boolean ignored = from.sendTo(to);
        }
    }
}
