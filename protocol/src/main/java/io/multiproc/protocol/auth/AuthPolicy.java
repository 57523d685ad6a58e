package io.multiproc.protocol.auth;

/**
 * A choice of digests: those that a side accepts in the peer's answer and gives in its own.
 *
 * @param least digests with a shorter output are refused
 */
public record AuthPolicy(Digest least) {
    /** Everything that CPython 3.8 and later sends, MD5 included. */
    public static final AuthPolicy ANY = new AuthPolicy(Digest.MD5);
    /** No MD5: excludes CPython before 3.12. */
    public static final AuthPolicy SHA256_OR_BETTER = new AuthPolicy(Digest.SHA256);

    public boolean accepts(Digest digest) {
        return digest.size() >= least.size();
    }
}
