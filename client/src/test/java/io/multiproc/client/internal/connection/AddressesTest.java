package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
}
