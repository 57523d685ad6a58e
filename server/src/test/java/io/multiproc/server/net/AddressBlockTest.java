package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBlockTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.0/8, 127.9.8.7, true",
        "127.0.0.0/8, 128.0.0.0, false",
        "10.1.2.128/25, 10.1.2.129, true",
        "10.1.2.128/25, 10.1.2.127, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.6, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "::1, ::1, true",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
    })
    void contains(String block, String address, boolean in) throws UnknownHostException {
        AddressBlock parsed = AddressBlock.parse(block);
        assertEquals(in, parsed.contains(InetAddress.getByName(address)));
        assertEquals(parsed, AddressBlock.parse(parsed.toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "host/8",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/x",
                "::1/129",
                "10.0.0.0/",
                "/8",
                "a.b"
            })
    void refusesAndExplains(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> AddressBlock.parse(text));
        assertTrue(String.valueOf(e.getMessage()).contains("blocks are 10.0.0.0/8"), e.getMessage());
    }

    @Test
    void loopback() throws UnknownHostException {
        for (String address : new String[] {"127.0.0.1", "127.0.0.2", "::1"}) {
            InetAddress a = InetAddress.getByName(address);
            assertTrue(AddressBlock.LOOPBACK.stream().anyMatch(b -> b.contains(a)));
        }
    }
}
