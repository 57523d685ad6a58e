package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.auth.HelloRefused;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tcp://a:1 | tcp://a:1",
                "tls://a:50000,b:50001,c | tls://a:50000 tls://b:50001 tls://c",
                "' tcp://a:1 , b:2 ' | tcp://a:1 tcp://b:2",
                "tls://a:1,tcp://b:2,c:3 | tls://a:1 tcp://b:2 tcp://c:3",
                "tcp://[::1]:1,[::2]:2 | tcp://[::1]:1 tcp://[::2]:2",
                "unix:///run/a,b | unix:///run/a,b",
                "unix:///run/a,b,tcp://c:1 | unix:///run/a,b tcp://c:1",
                "unix:///a, unix:///b | unix:///a unix:///b"
            })
    void eachIsWhole(String text, String uris) {
        assertEquals(List.of(uris.split(" ")), Addresses.parse(text).uris());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "tcp://a:1,",
                ",tcp://a:1",
                "tcp://a:1,,b:2",
                "a:1,b:2",
                "tcp://a:1,b:x",
                "tcp://a:1;b:2"
            })
    void whatIsNoAddressIsNamed(String text) {
        String said = String.valueOf(assertThrows(IllegalArgumentException.class, () -> Addresses.parse(text))
                .getMessage());
        assertTrue(said.contains("tls://"), said);
    }

    @Test
    void theOneThatAnsweredLastComesFirst() {
        Addresses all = Addresses.parse("tcp://a,b,c");
        List<Addresses.Named> given = all.inOrder();
        all.answered(given.get(2));
        assertEquals(List.of(given.get(2), given.get(0), given.get(1)), all.inOrder());
        all.answered(given.get(0));
        assertEquals(given, all.inOrder());
        assertEquals(List.of("tcp://a", "tcp://b", "tcp://c"), all.uris());
    }

    private static HelloRefused.Nodes nodes(String... uris) {
        return new HelloRefused.Nodes(List.of(uris[0]), List.of(uris), new byte[0]);
    }

    private static String learned(String given, String... named) {
        Addresses all = Addresses.parse(given);
        Addresses.Learned unused = all.learn(all.inOrder().get(0), nodes(named), true);
        return String.join(" ", all.inOrder().stream().map(Addresses.Named::uri).toList());
    }

    @Test
    void whatANodeNamesComesAfterWhatWasGiven() {
        assertEquals("tcp://a tcp://b tcp://c tls://d", learned("tcp://a,b", "tcp://c", "tls://d"));
        assertEquals("tcp://a:50000", learned("tcp://a:50000", "tcp://a", "tcp://a:50000"), "one that is known");
        assertEquals("tcp://a", learned("tcp://a", "udp://b", "nonsense", "tcp://b/path"), "no addresses");
    }

    @Test
    void whoAsksForEncryptionIsNotSentToWhereThereIsNone() {
        assertEquals("tls://a tls://c", learned("tls://a", "tcp://b", "tls://c", "tcp://localhost.example"));
        assertEquals("tls://a tcp://b", learned("tls://a,tcp://b", "tcp://b", "tcp://c"), "but what was given");
        assertEquals(
                "tls://a tcp://127.0.0.1:1 tcp://[::1]:2 tcp://localhost:3 unix:///run/b",
                learned("tls://a", "tcp://127.0.0.1:1", "tcp://[::1]:2", "tcp://localhost:3", "unix:///run/b"));
        assertTrue(Addresses.parse("tls://a").isDowngrade("tcp://127.0.0.1.example"));
    }

    @Test
    void whatNodesNameIsBounded() {
        Addresses all = Addresses.parse("tcp://a");
        for (int i = 0; i < 200; i++) {
            Addresses.Learned unused = all.learn(all.inOrder().get(0), nodes("tcp://b" + i), true);
        }
        assertEquals(1 + Addresses.MOST_LEARNED, all.inOrder().size());
    }

    @Test
    void onlyTheSessionsClusterSpeaksForIt() {
        Addresses all = Addresses.parse("tcp://own,stranger,other");
        List<Addresses.Named> given = all.inOrder();
        Addresses.Learned theirs = all.learn(given.get(1), nodes("tcp://theirs"), false);
        assertFalse(all.isMember(given.get(1)) || all.isMember(theirs.leader().get(0)));
        Addresses.Learned ours = all.learn(given.get(2), nodes("tcp://leader", "tcp://own"), false);
        assertTrue(all.isMember(given.get(2)) && all.isMember(ours.leader().get(0)));
    }

    @Test
    void aNodeThatDoesNotLeadLetsTheNextAddressOfItsNameHaveATurn() {
        Addresses all = Addresses.parse("tcp://nodes");
        Addresses.Named name = all.inOrder().get(0);
        assertEquals(0, all.turn(name));
        Addresses.Learned unused = all.learn(name, HelloRefused.Nodes.NONE, true);
        assertEquals(1, all.turn(name));
    }
}
