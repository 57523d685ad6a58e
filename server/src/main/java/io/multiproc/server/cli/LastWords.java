package io.multiproc.server.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The end of a server's process whose thread has ended: one line and an exit code. All that it needs is made beforehand, as memory may have run out. */
final class LastWords {
    private static final byte[] LINE =
            ("multiproc: the thread that serves has ended unexpectedly, so this process ends; the log says why. If memory ran"
                            + " out, give the server a larger heap (-Xmx) or container." + System.lineSeparator())
                    .getBytes(StandardCharsets.UTF_8);
    private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);
    private static final byte[] NOTHING = {};
    private static final Runtime RUNTIME = Runtime.getRuntime();

    private static final int RESERVE = 256 << 10;

    /** Given up at the end, for what the JVM itself needs to halt. */
    private static volatile byte[] reserve = NOTHING;

    private LastWords() {}

    /** Makes what the end needs. */
    static void prepare() {
        reserve = new byte[RESERVE];
    }

    static void halt() {
        try {
            if (reserve.length > 0) {
                reserve = NOTHING;
            }
            ERR.write(LINE);
        } catch (IOException e) {
            // nobody reads it
        } finally {
            RUNTIME.halt(Multiproc.FAILED);
        }
    }
}
