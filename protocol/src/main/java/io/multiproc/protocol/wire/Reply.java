package io.multiproc.protocol.wire;

import io.multiproc.protocol.error.ErrorCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The answer to a request: a value, or an error with a text. Immutable; the value's bytes must not be changed. */
public final class Reply {
    public static final Reply NOTHING = new Reply(null, Values.NULL, 0, "");
    public static final Reply ABSENT = new Reply(null, Values.ABSENT, 0, "");
    public static final Reply TRUE = new Reply(null, Values.TRUE, 0, "");
    public static final Reply FALSE = new Reply(null, Values.FALSE, 0, "");

    private final @Nullable ErrorCode error;
    private final byte[] bytes;
    private final int start;
    private final String message;

    private Reply(@Nullable ErrorCode error, byte[] bytes, int start, String message) {
        this.error = error;
        this.bytes = bytes;
        this.start = start;
        this.message = message;
    }

    public static Reply value(byte[] value) {
        return new Reply(null, value, 0, "");
    }

    /** The value that starts at an offset and ends with the array. */
    public static Reply value(byte[] bytes, int start) {
        return new Reply(null, bytes, start, "");
    }

    public static Reply bool(boolean v) {
        return v ? TRUE : FALSE;
    }

    public static Reply integer(long v) {
        return new Reply(null, Values.ofInteger(v), 0, "");
    }

    public static Reply text(String v) {
        return new Reply(null, Values.ofText(v), 0, "");
    }

    public static Reply error(ErrorCode code, String message) {
        return new Reply(code, Values.NULL, 0, message);
    }

    public static Reply error(ValueException e) {
        String message = e.getMessage();
        return new Reply(e.code(), Values.NULL, 0, message == null ? "" : message);
    }

    public boolean isError() {
        return error != null;
    }

    /** The error, or null for a success. */
    public @Nullable ErrorCode error() {
        return error;
    }

    /** The encoded value of a success: a copy, if it is only a part of {@link #bytes}. */
    public byte[] value() {
        return start == 0 ? bytes : Arrays.copyOfRange(bytes, start, bytes.length);
    }

    /** The array that the encoded value of a success is the end of, from {@link #start} on. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the value starts in {@link #bytes}. */
    public int start() {
        return start;
    }

    /** The length of the encoded value. */
    public int length() {
        return bytes.length - start;
    }

    /** The text of an error, empty for a success. */
    public String message() {
        return message;
    }

    @Override
    public String toString() {
        return error == null ? "Reply" + Arrays.toString(value()) : "Reply[" + error + ": " + message + "]";
    }
}
