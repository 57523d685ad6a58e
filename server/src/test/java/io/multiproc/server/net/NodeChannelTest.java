package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes on loopback that talk, and nodes that cannot, with what people are told of it. */
@Timeout(120)
class NodeChannelTest {
    private final List<TestNode> nodes = new ArrayList<>();

    private TestNode node(String name) throws IOException {
        return added(TestNode.of(name));
    }

    private TestNode added(TestNode node) {
        nodes.add(node);
        return node;
    }

    @AfterEach
    void end() {
        nodes.forEach(TestNode::close);
    }

    private static void awaitConnected(TestNode from, TestNode to) throws Exception {
        Await.until(from.name + " is connected to " + to.name, () -> from.channel.trouble(to.name) == null);
    }

    private static void awaitTrouble(TestNode at, String with, String text) throws Exception {
        Await.until(
                "the trouble of " + at.name + " with " + with + " is \"" + text + "\"",
                () -> String.valueOf(at.channel.trouble(with)).contains(text));
    }

    private TestNode[] pair() throws Exception {
        TestNode a = node("a");
        TestNode b = node("b");
        a.knows(b).start();
        b.knows(a).start();
        awaitConnected(a, b);
        awaitConnected(b, a);
        return new TestNode[] {a, b};
    }

    @Test
    void threeNodesTalkInOrder() throws Exception {
        List<TestNode> all = List.of(node("a"), node("b"), node("c"));
        for (TestNode n : all) {
            n.knows(all.toArray(TestNode[]::new)).start();
        }
        for (TestNode from : all) {
            for (TestNode to : all) {
                if (from != to) {
                    awaitConnected(from, to);
                    for (int i = 0; i < 1000; i++) {
                        assertTrue(from.send(to, from.name + i));
                    }
                }
            }
        }
        for (TestNode to : all) {
            int[] next = new int[3];
            for (int i = 0; i < 2000; i++) {
                TestNode.Heard h = to.next();
                assertEquals(h.from() + next[h.from().charAt(0) - 'a']++, h.text());
            }
            assertEquals(List.of(), to.lost);
        }
        assertTrue(all.get(0).greetings.contains("c: I am c"));
    }

    @Test
    void messagesOfAllSizesStayWhole() throws Exception {
        TestNode[] pair = pair();
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<byte[]> sent = new ArrayList<>();
        int[] sizes = {1, 2, 8 << 10, (8 << 10) + 1, 64 << 10, 1 << 20, 7, TestNode.LARGEST, 3};
        for (int size : sizes) {
            byte[] message = new byte[size];
            random.nextBytes(message);
            sent.add(message);
            int cut = random.nextInt(size + 1);
            assertTrue(pair[0].channel.send(
                    "b", Arrays.copyOf(message, cut), new byte[0], Arrays.copyOfRange(message, cut, size)));
        }
        for (byte[] message : sent) {
            assertArrayEquals(message, pair[1].next().message());
        }
        Await.until("nothing waits", () -> pair[0].channel.waiting("b") == 0);
    }

    @Test
    void whatIsNoMessageIsTheCallersFault() throws Exception {
        TestNode[] pair = pair();
        assertThrows(IllegalArgumentException.class, () -> pair[0].channel.send("b"));
        assertThrows(IllegalArgumentException.class, () -> pair[0].channel.send("b", new byte[TestNode.LARGEST + 1]));
        assertThrows(
                IllegalArgumentException.class,
                () -> pair[0].channel.greetWith(new byte[NodeGreeting.MOST_CONTENT + 1]));
        assertThrows(IllegalArgumentException.class, () -> pair[0].channel.known("c", "nowhere"));
        assertFalse(pair[0].channel.send("nobody", new byte[1]));
        assertEquals(0, pair[0].channel.waiting("nobody"));
    }

    @Test
    void aNodeThatIsStartedAnewIsConnectedAgain() throws Exception {
        TestNode[] pair = pair();
        String address = pair[1].address();
        pair[1].close();
        Await.until("it is told that b is gone", () -> pair[0].lost.contains("b"));
        awaitTrouble(pair[0], "b", "nothing listens there");
        assertFalse(pair[0].send(pair[1], "lost"));
        TestNode again = added(TestNode.of("b", address, TestNode.KEY));
        again.knows(pair[0]).start();
        awaitConnected(pair[0], again);
        awaitConnected(again, pair[0]);
        assertTrue(pair[0].send(again, "found"));
        assertEquals("found", again.next().text());
        assertTrue(again.send(pair[0], "too"));
        assertEquals("too", pair[0].next().text());
    }

    @Test
    void aNodeWithAnotherKeyIsRefusedBothWays() throws Exception {
        TestNode a = node("a");
        TestNode b = added(TestNode.of("b", "127.0.0.1:0", Authkey.ofText("another authkey than that")));
        a.knows(b).start();
        b.knows(a).start();
        awaitTrouble(a, "b", "another authkey");
        awaitTrouble(b, "a", "another authkey");
        assertEquals(List.of(), a.greetings);
        assertEquals(List.of(), b.greetings);
        assertFalse(a.send(b, "secret"));
    }

    @Test
    void whileAKeyIsReplacedBothAreGood() throws Exception {
        Authkey next = Authkey.ofText("the authkey of next year");
        TestNode a = added(TestNode.of("a", "127.0.0.1:0", TestNode.KEY, next));
        TestNode b = added(TestNode.of("b", "127.0.0.1:0", next));
        a.knows(b).start();
        b.knows(a).start();
        awaitConnected(a, b);
        awaitConnected(b, a);
    }

    @Test
    void whoDoesNotReadHasABoundedQueue() throws Exception {
        TestNode[] pair = pair();
        CountDownLatch held = new CountDownLatch(1);
        pair[1].onMessage = () -> {
            try {
                held.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        byte[] message = new byte[1 << 20];
        long most = 0;
        int sent = 0;
        while (pair[0].channel.send("b", message)) {
            most = Math.max(most, pair[0].channel.waiting("b"));
            sent++;
            assertTrue(sent < 1000, "it takes all there is");
        }
        assertTrue(most <= NodeOutput.MOST_WAITING + message.length + 4, "there waited " + most);
        held.countDown();
        byte[] last = "last".getBytes(StandardCharsets.UTF_8);
        Await.until("there is room again", () -> pair[0].channel.send("b", last));
        Await.until(
                "it is heard again", () -> Arrays.equals(last, pair[1].next().message()));
    }

    // ---- names and addresses

    @Test
    void anAddressThatIsAnothersIsToldOf() throws Exception {
        TestNode a = node("a");
        TestNode c = node("c").start();
        a.channel.known("b", c.address());
        a.start();
        awaitTrouble(a, "b", "this is node 'c', and not 'b'");
        assertEquals(List.of(), c.greetings);
    }

    @Test
    void anAddressThatIsItsOwnIsToldOf() throws Exception {
        TestNode a = node("a");
        a.channel.known("b", a.address());
        a.start();
        awaitTrouble(a, "b", "the address of node 'b' leads back to node 'a' itself");
    }

    @Test
    void twoNodesWithOneNameAreToldOf() throws Exception {
        TestNode a = node("a").start();
        TestNode impostor = node("a");
        impostor.channel.known("b", a.address());
        impostor.start();
        awaitTrouble(impostor, "b", "two nodes are called 'a'");
    }

    @Test
    void twoOthersWithOneNameAreToldOf() throws Exception {
        TestNode a = node("a").start();
        TestNode first = node("b").knows(a).start();
        awaitConnected(first, a);
        Await.until("the first one is heard", () -> a.greetings.contains("b: I am b"));
        TestNode second = node("b").knows(a).start();
        Await.until("one of both is told", () -> (first.channel.trouble("a") + " " + second.channel.trouble("a"))
                .contains("two nodes are called 'b'"));
    }

    @Test
    void aNameThatNobodyKnowsIsToldOf() throws Exception {
        TestNode a = node("a");
        a.channel.known("b", "no-such-host.invalid:7000");
        a.start();
        awaitTrouble(a, "b", "nobody knows the name no-such-host.invalid");
    }

    @Test
    void theListenerMayRefuseEitherWay() throws Exception {
        TestNode a = node("a");
        TestNode b = node("b");
        a.judge = node -> "node '" + node + "' is no member: multiproc cluster add";
        a.knows(b).start();
        b.knows(a).start();
        awaitTrouble(a, "b", "this node refuses it: node 'b' is no member");
        awaitTrouble(b, "a", "it refuses this node, of which it says: node 'b' is no member: multiproc cluster add");
        assertFalse(a.send(b, "no"));
        assertFalse(b.send(a, "no"));
    }

    @Test
    void aNodeThatIsNotKnownIsAnsweredWhileItIsConnected() throws Exception {
        TestNode a = node("a").start();
        TestNode d = node("d").knows(a).start();
        awaitConnected(a, d);
        assertTrue(a.send(d, "welcome"));
        assertEquals("welcome", d.next().text());
        d.close();
        awaitTrouble(a, "d", "no node of the cluster");
        assertEquals(List.of("d"), a.lost);
    }

    @Test
    void aNodeThatDoesNotConnectIsToldOf() throws Exception {
        TestNode a = added(TestNode.hasty("a"));
        TestNode b = node("b").start();
        // it takes b's address for good, and b finds nothing at its own
        a.knows(b).start();
        b.channel.known("a", "127.0.0.1:1");
        awaitTrouble(b, "a", "127.0.0.1:1: nothing listens there");
        awaitTrouble(a, "b", "does not connect to this node");
    }

    @Test
    void whoIsForgottenIsLeftAlone() throws Exception {
        TestNode[] pair = pair();
        pair[0].judge = node -> "it belongs to the cluster no longer";
        pair[0].channel.forget("b");
        awaitTrouble(pair[0], "b", "no node of the cluster");
        awaitTrouble(pair[1], "a", "it refuses this node");
        Await.until("it is told that b is gone", () -> pair[0].lost.contains("b"));
    }

    @Test
    void aNodeThatMovesIsFollowed() throws Exception {
        TestNode[] pair = pair();
        pair[1].close();
        TestNode moved = node("b").knows(pair[0]).start();
        pair[0].knows(moved);
        // until then it may be taken for connected, at the old address
        Await.until("it is heard there", () -> {
            boolean ignored = pair[0].send(moved, "there");
            return !moved.heard.isEmpty();
        });
        assertEquals("there", moved.next().text());
    }

    @Test
    void aPortThatIsTakenIsToldOf() throws Exception {
        TestNode a = node("a");
        IOException e = assertThrows(IOException.class, () -> TestNode.of("b", a.address(), TestNode.KEY));
        assertTrue(e.getMessage().startsWith("cannot listen on " + a.address() + " for the other nodes"), e.toString());
    }

    @Test
    void aFaultOfTheListenerEndsTheConnectionOnly() throws Exception {
        TestNode[] pair = pair();
        pair[1].onMessage = () -> {
            pair[1].onMessage = () -> {};
            throw new IllegalStateException("a fault that this test makes");
        };
        assertTrue(pair[0].send(pair[1], "boom"));
        Await.until("it is connected again", () -> pair[0].send(pair[1], "again") && !pair[1].heard.isEmpty());
        assertEquals("again", pair[1].next().text());
    }
}
