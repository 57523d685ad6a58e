package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.server.net.Admission.Failure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private long now = 7;
    private Admission admission = admission(40, 8, 300);

    private static Admission admission(int halfOpen, int perSource, int penaltySeconds) {
        return new Admission(
                new NetOptions.Strangers(halfOpen, perSource, penaltySeconds * SECOND, AddressBlock.LOOPBACK),
                new Random(1));
    }

    private final class Peer implements Admission.Candidate {
        final Source source;
        final long accepted = now;

        @Nullable
        String dropped;

        Peer(Source source) {
            this.source = source;
        }

        @Override
        public Source source() {
            return source;
        }

        @Override
        public long accepted() {
            return accepted;
        }

        @Override
        public void drop(String why) {
            assertNull(dropped, "once");
            dropped = why;
            admission.failed(this, Failure.NO_PROOF, now);
            admission.closed(this, false, now);
        }

        void fails(Failure failure) {
            admission.failed(this, failure, now);
            admission.closed(this, false, now);
        }

        boolean isRefused() {
            return admission.refusal(source, now) != null;
        }
    }

    private Source source(String address) {
        try {
            return admission.source(InetAddress.getByName(address));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private Peer connects(String address) {
        Peer peer = new Peer(source(address));
        admission.admit(peer.source, peer, now);
        return peer;
    }

    private static long dropped(List<Peer> peers) {
        return peers.stream().filter(p -> p.dropped != null).count();
    }

    @Test
    void whoProvesTheKeyIsNeverInTheWay() {
        for (int i = 0; i < 10_000; i++) {
            Peer client = connects("192.0.2.1");
            now += MILLI;
            admission.proved(client, now);
            assertNull(client.dropped);
        }
        assertEquals(0, admission.unproven());
    }

    @Test
    void theOldestOfASilentSourceGoes() {
        List<Peer> silent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            silent.add(connects("192.0.2.1"));
            now += 50 * MILLI;
            Peer client = connects("192.0.2.2");
            now += 10 * MILLI;
            admission.proved(client, now);
            assertNull(client.dropped);
            admission.closed(client, true, now);
        }
        assertEquals(8, admission.unproven());
        assertEquals(92, dropped(silent));
        assertNotNull(silent.get(91).dropped);
        assertTrue(String.valueOf(silent.get(0).dropped).contains("--max-half-open-per-source"));
    }

    @Test
    void aBurstOfClientsFromAnUnknownAddressIsTaken() {
        // more than the limit of one address, but all young
        List<Peer> burst = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            burst.add(connects("192.0.2.1"));
        }
        now += 100 * MILLI;
        burst.forEach(p -> admission.proved(p, now));
        assertEquals(0, dropped(burst));
    }

    @Test
    void theSourceThatHasMostLosesFirst() {
        List<Peer> others = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            others.add(connects("198.51.100." + i));
        }
        now += SECOND;
        for (int i = 0; i < 1000; i++) {
            Peer ignored = connects("192.0.2.1");
            now += MILLI;
        }
        assertEquals(0, dropped(others), "though they are older");
        assertTrue(admission.unproven() <= 40);
    }

    @Test
    void aQuarterIsForThoseWhoComeBack() {
        Peer client = connects("192.0.2.9");
        admission.proved(client, now);
        admission.closed(client, true, now);
        now += 30 * SECOND;
        for (int i = 0; i < 200; i++) {
            Peer ignored = connects("198.51.100." + i);
            now += 20 * MILLI;
        }
        assertEquals(30, admission.unproven());
        List<Peer> back = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            back.add(connects("192.0.2.9"));
        }
        for (int i = 0; i < 200; i++) {
            Peer ignored = connects("203.0.113." + i);
            now += 20 * MILLI;
        }
        assertEquals(0, dropped(back));
        assertEquals(40, admission.unproven());
    }

    @Test
    void chanceDecidesAmongTheYoung() {
        admission = admission(40, 1000, 0);
        List<Peer> all = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            all.add(connects("127.0.0.1"));
        }
        assertEquals(50, dropped(all), "all but the 30 that strangers may have");
        assertTrue(dropped(all.subList(0, 40)) < 40, "not simply the oldest");
        assertTrue(dropped(all.subList(40, 80)) > 0);
    }

    @Test
    void theMachinesOwnAddressHasNoLimitAndNoPenalty() {
        List<Peer> local = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            local.add(connects("127.0.0.1"));
            now += SECOND;
        }
        assertEquals(0, dropped(local));
        local.forEach(p -> p.fails(Failure.NO_CLIENT));
        assertFalse(local.get(0).isRefused());
        Peer unix = new Peer(admission.source(null));
        for (int i = 0; i < 20; i++) {
            admission.failed(unix, Failure.NO_CLIENT, now);
        }
        assertFalse(unix.isRefused());
    }

    @Test
    void failuresAddUpToATimeOfRefusal() {
        connects("192.0.2.1").fails(Failure.WRONG_KEY);
        connects("192.0.2.1").fails(Failure.WRONG_KEY);
        Peer other = new Peer(source("192.0.2.1"));
        assertFalse(other.isRefused(), "10 s are too few");
        connects("192.0.2.1").fails(Failure.WRONG_KEY);
        assertTrue(other.isRefused());
        assertTrue(String.valueOf(admission.refusal(other.source, now)).contains("in 16 s"));
        assertNull(admission.refusal(source("192.0.2.2"), now), "nobody else");
        now += 14 * SECOND;
        assertTrue(other.isRefused());
        now += SECOND;
        assertFalse(other.isRefused());
        connects("192.0.2.1").fails(Failure.NO_PROOF);
        assertFalse(other.isRefused(), "it begins anew");
        for (int i = 0; i < 1000; i++) {
            connects("192.0.2.1").fails(Failure.NO_CLIENT);
        }
        now += 299 * SECOND;
        assertTrue(other.isRefused());
        now += SECOND;
        assertFalse(other.isRefused(), "never longer than the most");
    }

    @Test
    void failuresNowAndThenHaveNoConsequence() {
        for (int i = 0; i < 1000; i++) {
            Peer probe = connects("192.0.2.1");
            probe.fails(Failure.NO_PROOF);
            assertFalse(probe.isRefused());
            now += SECOND;
        }
    }

    @Test
    void aSourceOfClientsIsNotPenalised() {
        Peer client = connects("192.0.2.1");
        admission.proved(client, now);
        for (int i = 0; i < 100; i++) {
            connects("192.0.2.1").fails(Failure.WRONG_KEY);
        }
        assertFalse(client.isRefused());
        admission.closed(client, true, now);
        now += 59 * 60 * SECOND;
        connects("192.0.2.1").fails(Failure.WRONG_KEY);
        assertFalse(client.isRefused());
        now += 61 * SECOND;
        for (int i = 0; i < 3; i++) {
            connects("192.0.2.1").fails(Failure.WRONG_KEY);
        }
        assertTrue(client.isRefused(), "an hour later nobody knows it");
    }

    @Test
    void aProofEndsAPenalty() {
        Peer late = connects("192.0.2.1");
        for (int i = 0; i < 3; i++) {
            connects("192.0.2.1").fails(Failure.WRONG_KEY);
        }
        assertTrue(late.isRefused());
        admission.proved(late, now);
        assertFalse(late.isRefused());
    }

    @Test
    void noPenaltyIfThereIsToBeNone() {
        admission = admission(40, 8, 0);
        for (int i = 0; i < 100; i++) {
            connects("192.0.2.1").fails(Failure.NO_CLIENT);
        }
        assertNull(admission.refusal(source("192.0.2.1"), now));
    }

    @Test
    void aHostOfIpv6HasManyAddresses() {
        assertSame(source("2001:db8:1:2:3::1"), source("2001:db8:1:2:ffff::2"));
        assertNotSame(source("2001:db8:1:2::1"), source("2001:db8:1:3::1"));
    }

    @Test
    void memoryIsBound() {
        List<Source> kept = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Peer client = connects("198.51.100." + i);
            admission.proved(client, now);
            kept.add(client.source);
        }
        for (int i = 0; i < 100_000; i++) {
            connects("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255)).fails(Failure.WRONG_KEY);
        }
        for (int i = 0; i < 10; i++) {
            assertSame(kept.get(i), source("198.51.100." + i), "those with clients are not forgotten");
        }
        assertTrue(admission.sources() <= 16_384);
    }
}
