package io.multiproc.protocol.wire;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The answer to a request: a value, or an error with a text. Immutable; the value's bytes must not be changed. */
public final class Reply {
    public static final Reply NOTHING = new Reply(null, Values.NULL, "");
    public static final Reply ABSENT = new Reply(null, Values.ABSENT, "");
    public static final Reply TRUE = new Reply(null, Values.TRUE, "");
    public static final Reply FALSE = new Reply(null, Values.FALSE, "");

    private final @Nullable ErrorCode error;
    private final byte[] value;
    private final String message;

    private Reply(@Nullable ErrorCode error, byte[] value, String message) {
        this.error = error;
        this.value = value;
        this.message = message;
    }

    public static Reply value(byte[] value) {
        return new Reply(null, value, "");
    }

    public static Reply bool(boolean v) {
        return v ? TRUE : FALSE;
    }

    public static Reply integer(long v) {
        return new Reply(null, Values.ofInteger(v), "");
    }

    public static Reply text(String v) {
        return new Reply(null, Values.ofText(v), "");
    }

    public static Reply error(ErrorCode code, String message) {
        return new Reply(code, Values.NULL, message);
    }

    public static Reply error(ValueException e) {
        String message = e.getMessage();
        return new Reply(e.code(), Values.NULL, message == null ? "" : message);
    }

    public boolean isError() {
        return error != null;
    }

    /** The error, or null for a success. */
    public @Nullable ErrorCode error() {
        return error;
    }

    /** The encoded value of a success. */
    public byte[] value() {
        return value;
    }

    /** The text of an error, empty for a success. */
    public String message() {
        return message;
    }

    @Override
    public String toString() {
        return error == null ? "Reply" + java.util.Arrays.toString(value) : "Reply[" + error + ": " + message + "]";
    }
}
