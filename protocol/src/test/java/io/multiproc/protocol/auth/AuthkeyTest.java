package io.multiproc.protocol.auth;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AuthkeyTest {
    /** PROTOCOL.md's formula, computed by CPython's hmac. */
    @Test
    void aBoundKeyIsGoodForOneConnection() {
        Authkey key = Authkey.ofText("0123456789abcdef");
        byte[] binding = new byte[32];
        for (int i = 0; i < binding.length; i++) {
            binding[i] = (byte) i;
        }
        Authkey bound = key.boundTo(binding);
        byte[] proof = bound.hmac(Digest.SHA256, "x".getBytes(StandardCharsets.US_ASCII));
        assertEquals(
                "7a303a6847409409bcec7c379beadf4e3da65675e0638d2bdd3442277141d22e",
                HexFormat.of().formatHex(proof));
        assertEquals(bound, key.boundTo(binding));
        binding[31]++;
        assertNotEquals(bound, key.boundTo(binding));
        assertNotEquals(key, bound);
    }
}
