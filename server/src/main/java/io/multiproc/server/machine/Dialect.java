package io.multiproc.server.machine;

/** What a session is one of. Only {@link #NATIVE} ones go on after their server has been started again from its log. */
public enum Dialect {
    /** The server itself. */
    INTERNAL(0),
    /** A client that counts frames and replies, and can resume. */
    NATIVE(1),
    /** A process or a connection of Python clients: it ends with its socket. */
    PYTHON(2);

    private final int code;

    Dialect(int code) {
        this.code = code;
    }

    /** Its number in logs and snapshots, which is never reused. */
    public int code() {
        return code;
    }

    /** @throws IllegalArgumentException if no dialect has the number */
    public static Dialect coded(int code) {
        for (Dialect d : values()) {
            if (d.code == code) {
                return d;
            }
        }
        throw new IllegalArgumentException("a session of kind " + code + ", which this version does not know");
    }
}
