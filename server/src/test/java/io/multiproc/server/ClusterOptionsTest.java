package io.multiproc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.auth.Authkey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterOptionsTest {
    @Test
    void whatIsGivenIsKeptInItsOrder() {
        ClusterOptions c = ClusterOptions.parse(
                "multiproc-0",
                "multiproc-2=multiproc-2.nodes:7000, multiproc-0=[::1]:7001 ,b=10.0.0.1:65535",
                "tls://a.example:50000, tcp://[::1]:50001",
                false);
        assertEquals(
                List.of("multiproc-2", "multiproc-0", "b"),
                List.copyOf(c.peers().keySet()));
        assertEquals(
                List.of("multiproc-2.nodes:7000", "[::1]:7001", "10.0.0.1:65535"),
                List.copyOf(c.peers().values()));
        assertEquals(List.of("tls://a.example:50000", "tcp://[::1]:50001"), c.advertise());
    }

    @Test
    void optionsOfAServerHoldThem() {
        ServerOptions none = ServerOptions.of(Authkey.of(new byte[32]));
        assertNull(none.node());
        assertTrue(none.peers().isEmpty() && none.advertise().isEmpty());
        ServerOptions node = none.withCluster(ClusterOptions.parse("a", "a=h:1", "tcp://h:2", false))
                .withQuiet(true);
        assertEquals("a", node.node());
        assertEquals("{a=h:1}", node.peers().toString());
        assertEquals(List.of("tcp://h:2"), node.advertise());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a | a=h:1,b=h:2 | `` | 1, 3 or 5 peers",
                "d | a=h:1,b=h:2,c=h:3 | `` | 'd' is none of the peers a, b, c",
                "a | a=h:1,a=h:2,c=h:3 | `` | 'a' is the name of two peers",
                "a | a=h:1,b=h:1,c=h:3 | `` | h:1 is the address of two peers",
                "a | `` | `` | peers are written a=host:7000",
                "a | a=h:1,,b=h:2 | `` | peers are written",
                "a | h:1 | `` | 'h:1' is none",
                "a | a=h | `` | 'h' is not the address of node 'a'",
                "a | a=h:0 | `` | not the address",
                "a | a=h:65536 | `` | a port of 1 to 65535",
                "a | a=::1:7000 | `` | [::1]:port",
                "a | a=tcp://h:7000 | `` | not the address",
                "A | A=h:1 | `` | 'A' is not a node's name",
                "-a | -a=h:1 | `` | without - at either end",
                "a.b | a.b=h:1 | `` | not a node's name",
                "a | a=h:1 | h:50000 | write tls://host:port",
                "a | a=h:1 | tcp://h | nothing that clients can connect to",
                "a | a=h:1 | tcp://h:0 | nothing that clients can connect to",
                "a | a=h:1 | unix:///a | nothing that clients can connect to",
                "a | a=h:1 | tcp://h:1?dialect=native | nothing that clients can connect to",
                "a | a=h:1 | tcp://h:1, | '' is nothing",
            })
    void whatIsWrongIsSaid(String node, String peers, String advertise, String said) {
        String text = String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> ClusterOptions.parse(node, peers, advertise, false))
                        .getMessage());
        assertTrue(text.contains(said), text);
    }

    @Test
    void aNameHasUpTo63Characters() {
        String name = "a".repeat(63);
        assertEquals(name, ClusterOptions.parse(name, name + "=h:1", "", false).node());
        assertThrows(IllegalArgumentException.class, () -> ClusterOptions.checkName(name + "a"));
    }

    @Test
    void whoJoinsIsNoneOfTheFirst() {
        ClusterOptions d = ClusterOptions.parse("d", "a=h:1,b=h:2,c=h:3,d=h:4", "", true);
        assertEquals(List.of("a", "b", "c"), List.copyOf(d.voters().keySet()));
        assertEquals("h:4", d.peers().get("d"));
        assertTrue(assertThrows(
                        IllegalArgumentException.class, () -> ClusterOptions.parse("c", "a=h:1,b=h:2,c=h:3", "", true))
                .getMessage()
                .contains("not with 2 beside the one that joins"));
    }
}
