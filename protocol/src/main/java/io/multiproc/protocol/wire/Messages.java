package io.multiproc.protocol.wire;

import io.multiproc.protocol.error.ErrorCode;

/**
 * The layouts of the native dialect's messages, as drawn in {@code PROTOCOL.md}. Every writer adds a whole frame: 4 bytes
 * length, then the payload, whose first byte is the kind.
 */
public final class Messages {
    public static final int REQUEST = 0x01;
    public static final int REPLY = 0x02;
    public static final int CANCEL = 0x03;
    public static final int ACKNOWLEDGE = 0x04;
    public static final int PING = 0x05;
    public static final int PONG = 0x06;
    public static final int GOODBYE = 0x07;
    public static final int GIVE_BACK = 0x08;
    public static final int RECEIVED = 0x09;
    public static final int FOLLOWS = 0x0a;

    /** Bytes of a request before its arguments: kind, request id, operation, object. */
    public static final int REQUEST_HEADER = 1 + 8 + 2 + 8;
    /** Bytes of a reply before its value: kind, request id, status. */
    public static final int REPLY_HEADER = 1 + 8 + 1;

    /** Where the request id stands in a request, reply, cancel or acknowledge. */
    private static final int ID = 1;

    /** The length of a follows message. */
    public static final int FOLLOWS_LENGTH = 1 + 8 + 8 + 8 + 1;

    /** The length of a pong message. */
    public static final int PONG_LENGTH = 1 + 8;

    private Messages() {}

    /** Starts a request frame; the caller adds the argument count and the arguments, then calls {@link #endFrame}. */
    public static int beginRequest(ByteWriter out, long request, int op, long object) {
        int mark = out.size();
        out.i32(0).u8(REQUEST).i64(request).i16(op).i64(object);
        return mark;
    }

    /** Sets the length of the frame that starts at the mark. */
    public static void endFrame(ByteWriter out, int mark) {
        out.patchI32(mark, out.size() - mark - 4);
    }

    /** Sets the request id of the request frame that starts at the mark. */
    public static void patchRequest(ByteWriter out, int mark, long request) {
        out.patchI32(mark + 5, (int) (request >>> 32));
        out.patchI32(mark + 9, (int) request);
    }

    public static void reply(ByteWriter out, long request, Reply reply) {
        int mark = out.size();
        ErrorCode error = reply.error();
        out.i32(0).u8(REPLY).i64(request);
        if (error == null) {
            out.u8(0).raw(reply.bytes(), reply.start(), reply.length());
        } else {
            out.u8(1).i16(error.code()).text(reply.message());
        }
        endFrame(out, mark);
    }

    public static void cancel(ByteWriter out, long request) {
        out.i32(9).u8(CANCEL).i64(request);
    }

    public static void acknowledge(ByteWriter out, long request) {
        out.i32(9).u8(ACKNOWLEDGE).i64(request);
    }

    /** The delivery that answered the request is not wanted any more: its items return to the head of their queue. */
    public static void giveBack(ByteWriter out, long request) {
        out.i32(9).u8(GIVE_BACK).i64(request);
    }

    /** So many replies of the session have arrived: the server need not keep them any longer. */
    public static void received(ByteWriter out, long replies) {
        out.i32(9).u8(RECEIVED).i64(replies);
    }

    /**
     * The waiting request gets its lock at the moment at which this holder of the same session releases it.
     *
     * @param levels how many releases of the holder that takes
     * @param owns whether the holder owns the lock now; else it waits for it itself
     */
    public static void follows(ByteWriter out, long request, long holder, long levels, boolean owns) {
        out.i32(FOLLOWS_LENGTH).u8(FOLLOWS).i64(request).i64(holder).i64(levels).u8(owns ? 1 : 0);
    }

    /** Whom the request of a follows message follows. */
    public static long holder(byte[] b, int payload) {
        return ByteWriter.i64(b, payload + 9);
    }

    /** How many releases of its holder a follows message speaks of. */
    public static long levels(byte[] b, int payload) {
        return ByteWriter.i64(b, payload + 17);
    }

    /** Whether the holder of a follows message owns the lock. */
    public static boolean owns(byte[] b, int payload) {
        return b[payload + 25] != 0;
    }

    public static void ping(ByteWriter out, long number) {
        out.i32(9).u8(PING).i64(number);
    }

    public static void pong(ByteWriter out, long number) {
        out.i32(PONG_LENGTH).u8(PONG).i64(number);
    }

    public static void goodbye(ByteWriter out, ErrorCode reason, String text) {
        int mark = out.size();
        out.i32(0).u8(GOODBYE).i16(reason.code()).text(text);
        endFrame(out, mark);
    }

    /** The request id (or ping number) of a message that has one. */
    public static long id(byte[] b, int payload) {
        return ByteWriter.i64(b, payload + ID);
    }

    /** The operation code of a request. */
    public static int operation(byte[] b, int payload) {
        return ByteWriter.i16(b, payload + 9) & 0xffff;
    }

    /** The object id of a request. */
    public static long object(byte[] b, int payload) {
        return ByteWriter.i64(b, payload + 11);
    }

    /** The status byte of a reply: 0 for success. */
    public static int status(byte[] b, int payload) {
        return b[payload + 9];
    }

    /**
     * Where, counted from the start of the payload, the bytes start that a reply consists of from there to its end, if it is a success whose value is a byte
     * array; -1 for all other messages, and as long as too little is there to tell.
     *
     * @param there how much of the payload has arrived
     * @param length how much there will be
     */
    public static int startOfBytes(byte[] b, int payload, int there, int length) {
        if (there <= REPLY_HEADER || b[payload] != REPLY || status(b, payload) != 0) {
            return -1;
        }
        if (b[payload + REPLY_HEADER] != Tag.BYTES.code()) {
            return -1;
        }
        long size = 0;
        int at = REPLY_HEADER + 1;
        for (int shift = 0; shift <= 28 && at < there; shift += 7) {
            byte x = b[payload + at++];
            size |= (long) (x & 0x7f) << shift;
            if (x >= 0) {
                return at + size == length ? at : -1;
            }
        }
        return -1;
    }

    /** The error code of a goodbye, or of an error reply (whose body starts after the status). */
    public static ErrorCode errorCode(byte[] b, int at) {
        return ErrorCode.coded(ByteWriter.i16(b, at) & 0xffff);
    }

    /** The text after an error code; cut to what is there. */
    public static String errorText(byte[] b, int at, int end) {
        int length = 0;
        int shift = 0;
        int p = at + 2;
        while (p < end && shift <= 28) {
            byte x = b[p++];
            length |= (x & 0x7f) << shift;
            if (x >= 0) {
                break;
            }
            shift += 7;
        }
        return Text.decode(b, p, Math.max(0, Math.min(length, end - p)));
    }
}
