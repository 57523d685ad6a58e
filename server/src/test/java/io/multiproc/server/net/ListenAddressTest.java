package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @Test
    void parsesAndPrints() {
        assertEquals(new ListenAddress("127.0.0.1", 0, "", false, false), ListenAddress.parse("tcp://127.0.0.1:0"));
        assertEquals(new ListenAddress("::1", 5, "", false, false), ListenAddress.parse("TCP://[::1]:5"));
        assertEquals(new ListenAddress("", 0, "/tmp/a b", false, false), ListenAddress.parse("unix:///tmp/a b"));
        for (String uri : new String[] {
            "tcp://[::1]:5", "tcp://my_host:50000", "tls://10.0.0.7:1", "tls://[::1]:5", "unix:///tmp/x"
        }) {
            assertEquals(uri, ListenAddress.parse(uri).toString());
            assertFalse(ListenAddress.parse(uri).nativeOnly());
            assertTrue(ListenAddress.parse(uri + "?dialect=native").nativeOnly());
            assertEquals(uri, ListenAddress.parse(uri + "?dialect=native").toString());
        }
    }

    @Test
    void knowsWhatIsEncrypted() {
        assertTrue(ListenAddress.parse("tls://h:1").isEncrypted());
        assertTrue(ListenAddress.parse("TLS://h:1?dialect=native").withPort(7).isEncrypted());
        assertFalse(ListenAddress.parse("tcp://h:1").isEncrypted());
        assertFalse(ListenAddress.parse("unix:///tls").isEncrypted());
    }

    /** Without a scheme it encrypts where others can listen in; a scheme is taken at its word. */
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:5, tcp://127.0.0.1:5",
        "localhost:0, tcp://localhost:0",
        "localhost, tcp://localhost:50000",
        "[::1], tcp://[::1]:50000",
        "[::1]:5, tcp://[::1]:5",
        "0.0.0.0:50000, tls://0.0.0.0:50000",
        "0.0.0.0, tls://0.0.0.0:50000",
        "[::]:5, tls://[::]:5",
        "[::], tls://[::]:50000",
        "192.0.2.1:5, tls://192.0.2.1:5",
        "no-such-host.invalid:5, tls://no-such-host.invalid:5",
        "no-such-host.invalid, tls://no-such-host.invalid:50000",
        "tcp://0.0.0.0:5, tcp://0.0.0.0:5",
        "tls://127.0.0.1:5, tls://127.0.0.1:5"
    })
    void withoutASchemeItEncryptsBeyondLoopback(String given, String meant) {
        assertEquals(meant, ListenAddress.parse(given).toString());
        assertTrue(ListenAddress.parse(given + "?dialect=native").nativeOnly());
        assertEquals(meant, ListenAddress.parse(given + "?dialect=native").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":1",
                "50000",
                "a/b:5",
                "::1:5",
                "unix:/path",
                "tcp:127.0.0.1:5",
                "localhost:",
                "localhost:65536",
                "http://x:1",
                "tcp://",
                "tcp://:5",
                "tcp://host",
                "tcp://host:",
                "tcp://host:65536",
                "tcp://host:-1",
                "tcp://::1:5",
                "tcp://a/b:5",
                "unix://relative",
                "unix:///",
                "unix:///?dialect=native",
                "unix:///x?dialect=nativ",
                "unix:///x?dailect=native",
                "tcp://host:1?dialect=native&x=1",
                "tcp://host:1?",
                "?dialect=native",
                "tls://host",
                "tls:///path"
            })
    void refusesAndExplains(String uri) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> ListenAddress.parse(uri));
        assertTrue(String.valueOf(e.getMessage()).contains("addresses are host:port"), e.getMessage());
    }

    @Test
    void knowsWhatIsLocal() {
        assertTrue(ListenAddress.parse("tcp://127.0.0.1:1").isLocal());
        assertTrue(ListenAddress.parse("tcp://[::1]:1").isLocal());
        assertTrue(ListenAddress.parse("unix:///x").isLocal());
        assertFalse(ListenAddress.parse("tcp://0.0.0.0:1").isLocal());
        assertFalse(ListenAddress.parse("tcp://[::]:1").isLocal());
        assertFalse(ListenAddress.parse("tcp://192.0.2.1:1").isLocal());
    }
}
