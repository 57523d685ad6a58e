package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One rule for all listeners: what is refused, and what is warned of in one line. */
class ExposureTest {
    private static final Authkey STRONG = Authkey.ofText("x".repeat(Authkey.LEAST_STRONG));
    private static final Authkey WEAK = Authkey.ofText("x".repeat(Authkey.LEAST_STRONG - 1));

    private static List<ListenAddress> at(String... uris) {
        return Stream.of(uris).map(ListenAddress::parse).toList();
    }

    private static List<String> warnings(Authkey key, String... uris) {
        Exposure.check(key, at(uris));
        List<String> warnings = Exposure.warnings(List.of(STRONG, key), at(uris));
        warnings.forEach(w -> assertEquals(1, w.lines().count(), w));
        return warnings;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp://0.0.0.0:1",
                "tls://0.0.0.0:1",
                "0.0.0.0:1",
                "tls://[::]:1?dialect=native",
                "tcp://192.0.2.1:1"
            })
    void aWeakKeyIsRefusedBeyondLoopbackEncryptedOrNot(String uri) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Exposure.check(WEAK, at("tcp://127.0.0.1:1", uri)));
        String text = String.valueOf(e.getMessage());
        assertTrue(text.contains("of 15 bytes is too short for " + at(uri).get(0)), text);
        assertTrue(text.contains("head -c 32 /dev/urandom"), text);
        Exposure.check(STRONG, at("tcp://127.0.0.1:1", uri));
    }

    @Test
    void onLoopbackAWeakKeyIsWarnedOfWhereItIsStretched() {
        assertEquals(List.of(), warnings(WEAK, "tcp://127.0.0.1:1", "unix:///s", "localhost:1"));
        assertEquals(List.of(), warnings(STRONG, "tls://127.0.0.1:1", "tls://[::1]:1"));
        List<String> one = warnings(WEAK, "tls://127.0.0.1:1", "tls://[::1]:2", "tcp://127.0.0.1:3");
        assertEquals(1, one.size(), one.toString());
        assertTrue(
                one.get(0)
                        .contains(
                                "has 15 bytes, fewer than 16: for tls://127.0.0.1:1 and tls://[::1]:2 it is stretched"),
                one.get(0));
        assertTrue(one.get(0).contains("head -c 32 /dev/urandom"), one.get(0));
    }

    @Test
    void plainListenersBeyondLoopbackSayWhatTheyExpose() {
        assertEquals(List.of(), warnings(STRONG, "0.0.0.0:1", "tls://[::]:2", "tcp://127.0.0.1:3", "unix:///s"));
        List<String> one = warnings(STRONG, "tcp://0.0.0.0:1", "tls://0.0.0.0:2", "tcp://[::]:3?dialect=native");
        assertEquals(1, one.size(), one.toString());
        String text = one.get(0);
        assertTrue(text.startsWith("tcp://0.0.0.0:1 and tcp://[::]:3 are not encrypted"), text);
        assertTrue(text.contains("read and change the values, keys and names"), text);
        assertTrue(text.contains("Write tls://0.0.0.0:1 and tls://[::]:3 "), text);
    }
}
