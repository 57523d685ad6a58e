package io.multiproc.server.net;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.raft.Nodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A node channel on loopback that notes what it hears. */
final class TestNode implements AutoCloseable {
    static final Authkey KEY = Authkey.ofText("the authkey of all nodes");
    static final int LARGEST = 32 << 20;

    record Heard(String from, byte[] message) {
        String text() {
            return new String(message, StandardCharsets.UTF_8);
        }
    }

    final String name;
    final NodeChannel channel;
    final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    final List<String> greetings = new CopyOnWriteArrayList<>();
    final List<String> lost = new CopyOnWriteArrayList<>();
    volatile Function<String, @Nullable String> judge = node -> null;
    volatile Runnable onMessage = () -> {};

    private TestNode(String name, NodeTimes times, String address, Authkey... keys) throws IOException {
        this.name = name;
        channel = NodeChannel.listen(
                new NodeOptions(name, NodeAddress.parse(address), null, List.of(keys), null, LARGEST), times);
    }

    static TestNode of(String name) throws IOException {
        return of(name, "127.0.0.1:0", KEY);
    }

    static TestNode of(String name, String address, Authkey... keys) throws IOException {
        return new TestNode(name, NodeTimes.USUAL, address, keys);
    }

    /** One that does not wait for long. */
    static TestNode hasty(String name) throws IOException {
        return new TestNode(name, new NodeTimes(100, 1_000, 1_000, 500, 500), "127.0.0.1:0", KEY);
    }

    TestNode start() {
        channel.start(("I am " + name).getBytes(StandardCharsets.UTF_8), new Nodes.Listener() {
            @Override
            public @Nullable String greeted(String node, byte[] greeting) {
                greetings.add(node + ": " + new String(greeting, StandardCharsets.UTF_8));
                return judge.apply(node);
            }

            @Override
            public void received(String node, byte[] message) {
                onMessage.run();
                heard.add(new Heard(node, message));
            }

            @Override
            public void lost(String node, String why) {
                lost.add(node);
            }
        });
        return this;
    }

    String address() {
        return channel.ownAddress();
    }

    int port() {
        return NodeAddress.parse(address()).port();
    }

    TestNode knows(TestNode... others) {
        for (TestNode other : others) {
            channel.known(other.name, other.address());
        }
        return this;
    }

    boolean send(TestNode to, String text) {
        return channel.send(to.name, text.getBytes(StandardCharsets.UTF_8));
    }

    Heard next() throws InterruptedException {
        Heard next = heard.poll(60, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("node " + name + " hears nothing");
        }
        return next;
    }

    @Override
    public void close() {
        channel.close();
    }
}
