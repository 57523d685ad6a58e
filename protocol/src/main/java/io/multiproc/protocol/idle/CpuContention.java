package io.multiproc.protocol.idle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A check whether more threads of this machine are ready to run than it has processors. Reads the kernel's count every 20 ms at most; where
 * there is none, no thread counts as ready.
 */
final class CpuContention {
    private static final long GLANCE_NANOS = 20_000_000;
    private static final Path COUNT = Path.of("/proc/loadavg");
    private static final int ONLINE = online();

    private static volatile long glanced = System.nanoTime() - GLANCE_NANOS;
    private static volatile boolean crowded;

    private CpuContention() {}

    private static int online() {
        int own = Runtime.getRuntime().availableProcessors();
        try {
            return Math.max(own, listed(Files.readString(Path.of("/proc/stat"), StandardCharsets.US_ASCII)));
        } catch (IOException | RuntimeException e) {
            return own;
        }
    }

    /** Cheap: mostly what it was at the last glance. */
    static boolean isCrowded() {
        long now = System.nanoTime();
        if (now - glanced > GLANCE_NANOS) {
            glanced = now;
            try {
                crowded = running(Files.readString(COUNT, StandardCharsets.US_ASCII)) > ONLINE;
            } catch (IOException | RuntimeException e) {
                crowded = false;
            }
        }
        return crowded;
    }

    /** Of the lines {@code cpu ...}, {@code cpu0 ...}, {@code cpu1 ...} and others: 2. No regular expressions: a child's start waits for it. */
    static int listed(String stat) {
        int n = 0;
        for (int at = stat.indexOf("\ncpu"); at >= 0; at = stat.indexOf("\ncpu", at + 1)) {
            n++;
        }
        return n;
    }

    /** Of {@code "0.20 0.18 0.12 3/180 11206"}: 3, the caller included. */
    static int running(String loadavg) {
        String counts = loadavg.split(" ")[3];
        return Integer.parseInt(counts.substring(0, counts.indexOf('/')));
    }
}
