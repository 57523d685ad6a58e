package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of a greeting, and what is refused in its place. */
class NodeGreetingTest {
    private static final Authkey KEY = Authkey.ofText("the authkey of all nodes");
    private static final byte[] BINDING = new byte[32];
    private static final NodeGreeting GREETING = new NodeGreeting(
            0x0102030405060708L, "a", "node-b", "a.example:7000", "content".getBytes(StandardCharsets.UTF_8));

    private static final String GOLDEN =
            "4d504e4f44450d0a 0001 01 0102030405060708 0001 61 0006 6e6f64652d62 000e 612e6578616d706c653a37303030"
                    + " 00000007 636f6e74656e74 21f63c6ef8fd7b6b1d59ed77ead832155a42452107aba50dba71bbe5662bea3f";

    private static byte[] encoded() {
        return GREETING.encode(NodeGreeting.Side.CONNECTING, KEY, BINDING);
    }

    private static NodeGreeting.Proved decode(byte[] frame) throws NodeGreeting.Refused {
        return NodeGreeting.decode(frame, NodeGreeting.Side.CONNECTING, List.of(KEY), BINDING);
    }

    private static String refusal(byte[] frame) {
        return assertThrows(NodeGreeting.Refused.class, () -> decode(frame)).getMessage();
    }

    @Test
    void itsBytesStayAsTheyAre() {
        assertEquals(GOLDEN.replace(" ", ""), HexFormat.of().formatHex(encoded()));
        assertEquals(
                "4d504e4f44450d0a 0001 02 0003 776879".replace(" ", ""),
                HexFormat.of().formatHex(NodeGreeting.refusal("why")));
    }

    @Test
    void itIsReadBack() throws Exception {
        NodeGreeting read = decode(encoded()).greeting();
        assertEquals(GREETING.run(), read.run());
        assertEquals("a", read.from());
        assertEquals("node-b", read.to());
        assertEquals("a.example:7000", read.address());
        assertArrayEquals(GREETING.content(), read.content());
    }

    @Test
    void theKeyThatProvedItIsTold() throws Exception {
        Authkey old = Authkey.ofText("the authkey of last year");
        byte[] frame = GREETING.encode(NodeGreeting.Side.ANSWERING, old, BINDING);
        assertSame(
                old,
                NodeGreeting.decode(frame, NodeGreeting.Side.ANSWERING, List.of(KEY, old), BINDING)
                        .key());
    }

    @Test
    void eachByteIsProved() {
        byte[] whole = encoded();
        for (int i = 0; i < whole.length; i++) {
            byte[] bent = whole.clone();
            bent[i] ^= 1;
            assertThrows(NodeGreeting.Refused.class, () -> decode(bent), "byte " + i);
            byte[] cut = Arrays.copyOf(whole, i);
            assertThrows(NodeGreeting.Refused.class, () -> decode(cut), "cut at " + i);
        }
        assertEquals("its greeting is malformed", refusal(Arrays.copyOf(whole, whole.length + 1)));
    }

    @Test
    void theProofIsGoodForOneConnectionOneEndAndOneKey() {
        byte[] elsewhere = new byte[32];
        elsewhere[31] = 1;
        String wrong = "it has another authkey: give all nodes the same one";
        assertEquals(wrong, refusal(GREETING.encode(NodeGreeting.Side.CONNECTING, KEY, elsewhere)));
        assertEquals(wrong, refusal(GREETING.encode(NodeGreeting.Side.ANSWERING, KEY, BINDING)));
        Authkey other = Authkey.ofText("the authkey of a client");
        assertEquals(wrong, refusal(GREETING.encode(NodeGreeting.Side.CONNECTING, other, BINDING)));
    }

    @Test
    void anotherFormatIsToldSo() {
        byte[] next = encoded();
        next[9] = 2;
        assertEquals(
                "it speaks format 2 of the node channel, and this node format 1: run the same version of multiproc on all"
                        + " nodes",
                refusal(next));
        assertTrue(refusal("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
                .startsWith("it does not greet as a node does"));
    }

    @Test
    void aRefusalIsReadAndIsOneLine() {
        byte[] frame = NodeGreeting.refusal("no\nentry");
        assertEquals("no\\nentry", NodeGreeting.refusalIn(frame));
        assertEquals("no\\nentry", refusal(frame));
        assertNull(NodeGreeting.refusalIn(encoded()));
        assertNull(NodeGreeting.refusalIn(new byte[3]));
        String longest = "x".repeat(100_000);
        assertEquals(
                NodeGreeting.MOST_TEXT,
                NodeGreeting.refusalIn(NodeGreeting.refusal(longest)).length());
    }

    @Test
    void namesMoveNoCursor() {
        NodeGreeting bad = new NodeGreeting(1, "a\u001b[2J", "b", "a:1", new byte[0]);
        assertEquals("its greeting is malformed", refusal(bad.encode(NodeGreeting.Side.CONNECTING, KEY, BINDING)));
    }

    @Test
    void anAddressIsHostAndPort() {
        assertEquals(new NodeAddress("::1", 7000), NodeAddress.parse("[::1]:7000"));
        assertEquals("[::1]:7000", NodeAddress.parse("[::1]:7000").toString());
        assertEquals("m-0.m:7000", NodeAddress.parse("m-0.m:7000").toString());
        for (String bad : List.of("", "host", "host:", ":7", "host:x", "host:70000", "::1:7", "a b:7", "tcp://h:7")) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> NodeAddress.parse(bad))
                    .getMessage()
                    .contains("HOST:PORT"));
        }
    }

    @Test
    void aNodeListensWhereItsAddressIsItsOwn() throws Exception {
        assertTrue(NodeAddress.parse("127.0.0.1:7000").toListen().getAddress().isLoopbackAddress());
        assertTrue(NodeAddress.parse("localhost:7000").toListen().getAddress().isLoopbackAddress());
        assertTrue(NodeAddress.parse("192.0.2.1:7000").toListen().getAddress().isAnyLocalAddress());
        assertTrue(NodeAddress.parse("m-0.m.default.svc:7000")
                .toListen()
                .getAddress()
                .isAnyLocalAddress());
    }
}
