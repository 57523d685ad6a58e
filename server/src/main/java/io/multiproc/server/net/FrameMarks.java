package io.multiproc.server.net;

import io.netty.buffer.ByteBuf;

/** Where the frames of a stream begin and end, without looking into them. Both dialects and the handshake frame alike. */
final class FrameMarks {
    private static final int LENGTH = 4;
    private static final int LONG_LENGTH = 8;

    private long left;
    private long announced;
    private int missing = LENGTH;

    /** Bytes pass by; they stay unread. */
    void pass(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (left > 0) {
                int n = (int) Math.min(left, end - at);
                left -= n;
                at += n;
                continue;
            }
            announced = announced << 8 | bytes.getByte(at++) & 0xff;
            if (--missing == 0) {
                announcedWhole();
            }
        }
    }

    private boolean isLong;

    private void announcedWhole() {
        if (!isLong && (int) announced == -1) {
            isLong = true;
            missing = LONG_LENGTH;
        } else {
            left = isLong ? Math.max(0, announced) : Math.max(0, (int) announced);
            isLong = false;
            missing = LENGTH;
        }
        announced = 0;
    }

    /** Whether the last frame is whole. */
    boolean isAtEnd() {
        return left == 0 && missing == LENGTH && !isLong;
    }
}
