package io.multiproc.protocol.wire;

/** Bounds that both sides know. */
public final class Limits {
    /** The largest payload of a frame before authentication; CPython's own limit. */
    public static final int MAX_HANDSHAKE_FRAME = 256;
    /** The largest {@code Hello}. */
    public static final int MAX_HELLO_FRAME = 4096;
    /** The default of the largest payload of a frame after authentication. */
    public static final int DEFAULT_MAX_FRAME = 64 << 20;
    /** How deep containers may nest within a value. */
    public static final int MAX_DEPTH = 100;
    /** The longest name of an object or attribute, in bytes of UTF-8. */
    public static final int MAX_NAME = 1024;
    /** The longest unscaled value of a decimal, in bytes: 9863 digits. Comparing decimals is not linear in their size. */
    public static final int MAX_DECIMAL = 4096;

    private static final int AHEAD = 16;

    private Limits() {}

    /**
     * How large the array for a frame should be of which so much has arrived: memory follows what has arrived, not what was announced, and is copied
     * once or twice while it grows.
     *
     * @param least what it may be large before anything has
     */
    public static int room(int announced, int arrived, int least) {
        return (int) Math.min(announced, Math.max(least, (long) AHEAD * arrived));
    }
}
