package io.multiproc.protocol.auth;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DigestTest {
    private static final byte[] NONCE =
            Vectors.hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627");

    @ParameterizedTest
    @CsvSource({
        "md5, 3625321b6d343cadfbd6fa824ff88636",
        "sha256, 39c4ff3268da80f68b36eb46879c33a2dedb3ac28faebb6a0279ac6a912624d9",
        "sha384, a5b0994b79db0c421859eb0ac1f07b72610635482f33be8133d929f0d939fbc4e3994baa88ca66598422f77dc714e832",
        "sha3_256, ec66a4deaac1a8803b8172640e69d7f832da93bd28e7c6e7530e7f1e3a4f1efc",
        "sha3_384, db0e3fe1d0c7804dd88d0649ee94fcb4c449585ecf64974ba4f929fcde86a98244d5d2b23c944618758728f6d25a59a1",
    })
    void answersOfCPython(String name, String mac) throws HandshakeException {
        Digest digest = Digest.named(name);
        assertNotNull(digest);
        byte[] m = Bytes.concat(("{" + name + "}").getBytes(StandardCharsets.US_ASCII), NONCE);
        assertEquals(mac, Vectors.hex(Vectors.KEY.hmac(digest, m)));
        byte[] answer = Challenges.answer(Vectors.KEY, AuthPolicy.ANY, m);
        assertEquals(Vectors.hex(digest.prefix()) + mac, Vectors.hex(answer));
        assertEquals(
                digest,
                Challenges.check(List.of(Vectors.KEY), AuthPolicy.ANY, m, answer)
                        .digest());
    }

    /** {@code javax.crypto.Mac} knows the same function; keys around the lengths of blocks. */
    @ParameterizedTest
    @CsvSource({
        "MD5, HmacMD5",
        "SHA256, HmacSHA256",
        "SHA384, HmacSHA384",
        "SHA3_256, HmacSHA3-256",
        "SHA3_384, HmacSHA3-384"
    })
    void hmacIsThatOfTheJdk(Digest digest, String name) throws Exception {
        for (int length : new int[] {1, 32, 63, 64, 65, 103, 104, 105, 127, 128, 129, 135, 136, 137, 500}) {
            byte[] key = new byte[length];
            java.util.Arrays.fill(key, (byte) (length * 7 + 1));
            Mac mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(key, name));
            assertArrayEquals(mac.doFinal(NONCE), digest.hmac(key, Bytes.from(NONCE, 0)), "a key of " + length);
            assertArrayEquals(
                    mac.doFinal(NONCE), digest.hmac(key, java.util.Arrays.copyOf(NONCE, 7), Bytes.from(NONCE, 7)));
        }
    }

    @Test
    void legacyChallengeGetsRawMd5() throws HandshakeException {
        byte[] m = Vectors.hex("000102030405060708090a0b0c0d0e0f10111213");
        assertEquals(
                "de936bfac84704c988ab8ec2a6d6d714", Vectors.hex(Challenges.answer(Vectors.KEY, AuthPolicy.ANY, m)));
    }

    @Test
    void legacyPeerAnswersAPrefixedChallengeWithRawMd5() throws HandshakeException {
        byte[] m = Bytes.concat(Digest.SHA256.prefix(), NONCE);
        byte[] answer = Vectors.hex("6ae2b853ecc155b89b53c8a04f6fac88");
        assertEquals(
                Digest.MD5,
                Challenges.check(List.of(Vectors.KEY), AuthPolicy.ANY, m, answer)
                        .digest());
        HandshakeException e = assertThrows(
                HandshakeException.class,
                () -> Challenges.check(List.of(Vectors.KEY), AuthPolicy.SHA256_OR_BETTER, m, answer));
        assertTrue(e.getMessage().contains("requires sha256 or better"), e.getMessage());
    }

    @Test
    void prefixedChallengeOf20BytesIsLegacy() throws HandshakeException {
        byte[] m = Bytes.concat(Digest.SHA256.prefix(), new byte[12]);
        assertEquals(16, Challenges.answer(Vectors.KEY, AuthPolicy.ANY, m).length);
    }

    @Test
    void unknownChallengesAreNotAnswered() {
        assertTrue(failure(new byte[19]).contains("challenge too short"));
        assertTrue(failure(new byte[21]).contains("missing digest prefix"));
        byte[] sha512 = Bytes.concat("{sha512}".getBytes(StandardCharsets.US_ASCII), NONCE);
        assertTrue(failure(sha512).contains("unsupported digest"));
    }

    private static String failure(byte[] m) {
        return assertThrows(HandshakeException.class, () -> Challenges.answer(Vectors.KEY, AuthPolicy.ANY, m))
                .getMessage();
    }

    @ParameterizedTest
    @EnumSource(Digest.class)
    void wrongNameLengthOrMacIsRefused(Digest digest) throws HandshakeException {
        byte[] m = Bytes.concat(digest.prefix(), NONCE);
        byte[] good = Challenges.answer(Vectors.KEY, AuthPolicy.ANY, m);
        byte[] flipped = good.clone();
        flipped[flipped.length - 1] ^= 1;
        for (byte[] bad : new byte[][] {
            flipped,
            Bytes.from(good, 1),
            java.util.Arrays.copyOf(good, good.length - 1),
            java.util.Arrays.copyOf(good, good.length + 1),
            new byte[0],
            new byte[16],
            new byte[20],
            m
        }) {
            HandshakeException e = assertThrows(
                    HandshakeException.class, () -> Challenges.check(List.of(Vectors.KEY), AuthPolicy.ANY, m, bad));
            assertArrayEquals(Vectors.FAILURE, e.lastFrame());
        }
    }

    @Test
    void keysHideTheirBytes() {
        byte[] bytes = {1, 2, 3};
        Authkey key = Authkey.of(bytes);
        bytes[0] = 9;
        assertEquals(Authkey.of(new byte[] {1, 2, 3}), key);
        assertEquals("Authkey[3 bytes]", key.toString());
        assertEquals(3, key.length());
        assertNotEquals(Vectors.KEY, Vectors.OTHER_KEY);
        assertThrows(IllegalArgumentException.class, () -> Authkey.ofText(""));
    }
}
