package io.multiproc.protocol.auth;

/**
 * A choice of answers: those that a side accepts from the peer and gives itself.
 *
 * @param least CPython's answers with a shorter digest are refused
 * @param python whether CPython's answers count; if not, only those of native clients and their servers do
 */
public record AuthPolicy(Digest least, boolean python) {
    /** Everything that CPython 3.8 and later sends, MD5 included. */
    public static final AuthPolicy ANY = new AuthPolicy(Digest.MD5, true);
    /** No MD5: excludes CPython before 3.12. */
    public static final AuthPolicy SHA256_OR_BETTER = new AuthPolicy(Digest.SHA256, true);
    /** Answers that are good for a native session only. */
    public static final AuthPolicy NATIVE = new AuthPolicy(Digest.SHA256, false);

    public boolean accepts(Digest digest) {
        return digest.size() >= least.size();
    }

    /** The same digests, but no answers of CPython. */
    public AuthPolicy nativeOnly() {
        return new AuthPolicy(least, false);
    }
}
