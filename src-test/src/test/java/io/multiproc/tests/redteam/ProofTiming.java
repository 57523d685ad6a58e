package io.multiproc.tests.redteam;

import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.Digest;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.protocol.auth.ServerHandshake;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * Whether the time in which a server rejects a proof tells how much of it was right, as dudect asks: two classes of wrong answers in random order, those that are right but for the last byte and
 * those of random bytes, and Welch's t of their times. Prints it for several cut-offs; beyond 4.5 the times differ. It is looked at and not asserted: a busy machine
 * moves it. Arguments: how many pairs, by default 400,000; and the seed.
 */
public final class ProofTiming {
    private static final Authkey KEY =
            Authkey.of("a key of 32 bytes for the timing".getBytes(StandardCharsets.US_ASCII));
    private static final byte[] CHALLENGE = "#CHALLENGE#".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SHA256 = "{sha256}".getBytes(StandardCharsets.US_ASCII);
    private static final int WARM = 50_000;

    private ProofTiming() {}

    public static void main(String[] args) {
        int pairs = args.length > 0 ? Integer.parseInt(args[0]) : 400_000;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
        System.out.println(pairs + " pairs of rejected answers, seed " + seed);
        Random random = new Random(seed);
        long[] nearly = new long[pairs];
        long[] random32 = new long[pairs];
        long unused = 0;
        for (int i = 0; i < WARM; i++) {
            unused += reject(random, i % 2 == 0);
        }
        for (int i = 0; i < pairs; i++) {
            boolean first = random.nextBoolean();
            long a = reject(random, first);
            long b = reject(random, !first);
            nearly[i] = first ? a : b;
            random32[i] = first ? b : a;
        }
        long[] sorted = nearly.clone();
        Arrays.sort(sorted);
        for (double share : new double[] {0.5, 0.8, 0.9, 0.95, 0.99}) {
            long most = sorted[(int) (share * (pairs - 1))];
            System.out.printf(
                    "times up to %,d ns (%.0f %%): t = %.2f%n", most, 100 * share, welch(nearly, random32, most));
        }
        System.out.println(unused > 0 ? "|t| below 4.5: the time does not depend on the bytes that match" : "");
    }

    /** How long one is rejected in. */
    private static long reject(Random random, boolean nearlyRight) {
        ServerHandshake handshake = new ServerHandshake(KEY, AuthPolicy.ANY, NonceSource.secure());
        byte[] challenge = handshake.start().get(0);
        byte[] mac = KEY.hmac(Digest.SHA256, Arrays.copyOfRange(challenge, CHALLENGE.length, challenge.length));
        byte[] noise = new byte[mac.length];
        random.nextBytes(noise);
        byte[] proof = nearlyRight ? mac : noise;
        // in both classes the last byte is wrong
        proof[mac.length - 1] = (byte) (mac[mac.length - 1] ^ 1);
        byte[] answer = Arrays.copyOf(SHA256, SHA256.length + proof.length);
        System.arraycopy(proof, 0, answer, SHA256.length, proof.length);
        long begun = System.nanoTime();
        try {
            Object accepted = handshake.receive(answer);
            throw new AssertionError("a wrong proof was taken: " + accepted);
        } catch (HandshakeException e) {
            return System.nanoTime() - begun;
        }
    }

    private static double welch(long[] a, long[] b, long most) {
        double[] x = moments(a, most);
        double[] y = moments(b, most);
        return (x[1] - y[1]) / Math.sqrt(x[2] / x[0] + y[2] / y[0]);
    }

    /** Count, mean and variance of those that took no longer. */
    private static double[] moments(long[] times, long most) {
        double n = 0;
        double mean = 0;
        double m2 = 0;
        for (long time : times) {
            if (time <= most) {
                n++;
                double delta = time - mean;
                mean += delta / n;
                m2 += delta * (time - mean);
            }
        }
        return new double[] {n, mean, m2 / Math.max(1, n - 1)};
    }
}
