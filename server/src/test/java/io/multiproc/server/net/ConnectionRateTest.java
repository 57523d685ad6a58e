package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.server.net.ConnectionRate.Verdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class ConnectionRateTest {
    private static final long SECOND = 1_000_000_000L;

    private final ConnectionRate rate = new ConnectionRate(3, 0);

    private static InetAddress host(int n) {
        try {
            return InetAddress.getByAddress(new byte[] {10, (byte) (n >> 16), (byte) (n >> 8), (byte) n});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFewTooManyAreToldAndTheOthersClosed() {
        long now = -5 * SECOND;
        for (int i = 1; i <= 10; i++) {
            Verdict expected = i <= 3 ? Verdict.ADMIT : i <= 6 ? Verdict.TELL : Verdict.CLOSE;
            assertEquals(expected, rate.connected(host(1), now), "connection " + i);
            now += SECOND / 20;
        }
        assertEquals(Verdict.ADMIT, rate.connected(host(2), now), "another address");
        assertEquals(Verdict.ADMIT, rate.connected(host(1), -4 * SECOND), "the next second");
    }

    @Test
    void thisMachineIsAsConfigured() {
        for (int i = 0; i < 1_000; i++) {
            assertEquals(Verdict.ADMIT, rate.connected(InetAddress.getLoopbackAddress(), 0));
            assertEquals(Verdict.ADMIT, rate.connected(null, 0));
        }
        ConnectionRate strict = new ConnectionRate(0, 1);
        assertEquals(Verdict.ADMIT, strict.connected(InetAddress.getLoopbackAddress(), 0));
        assertEquals(Verdict.TELL, strict.connected(InetAddress.getLoopbackAddress(), 0));
        assertEquals(Verdict.CLOSE, strict.connected(InetAddress.getLoopbackAddress(), 0));
        assertEquals(Verdict.ADMIT, strict.connected(host(1), 0), "0 is no limit");
    }

    @Test
    void addressesRememberedAreBounded() {
        for (int i = 0; i < 10_000; i++) {
            assertEquals(Verdict.ADMIT, rate.connected(host(i), 0));
        }
        for (int i = 0; i < 10; i++) {
            assertEquals(Verdict.ADMIT, rate.connected(host(9_999), 0), "not remembered");
        }
    }
}
