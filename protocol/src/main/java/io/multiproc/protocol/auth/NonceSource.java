package io.multiproc.protocol.auth;

import java.security.SecureRandom;

/** A source of the random bytes of challenges. */
@FunctionalInterface
public interface NonceSource {
    byte[] next(int length);

    /** A source of cryptographic quality; thread-safe. */
    static NonceSource secure() {
        SecureRandom random = new SecureRandom();
        return length -> {
            byte[] b = new byte[length];
            random.nextBytes(b);
            return b;
        };
    }
}
