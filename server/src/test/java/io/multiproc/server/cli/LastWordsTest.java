package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The process of a server whose thread has ended says one line and exits with 1, even without memory. */
@Tag("once")
class LastWordsTest {
    /** Fills the heap to the last byte before. */
    static final class Full {
        private static final List<byte[]> BALLAST = new ArrayList<>();

        private Full() {}

        public static void main(String[] args) {
            Runnable halt = LastWords::halt;
            LastWords.prepare();
            for (int size = 1 << 20; size >= 16; size /= 2) {
                try {
                    while (true) {
                        BALLAST.add(new byte[size]);
                    }
                } catch (OutOfMemoryError e) {
                    // smaller ones may fit
                }
            }
            halt.run();
        }
    }

    @Test
    @Timeout(60)
    void endsWithALineAndACode() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx16m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Full.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(Multiproc.FAILED, process.waitFor(), output);
        assertEquals(1, output.lines().count(), output);
        assertTrue(output.startsWith("multiproc: the thread that serves has ended unexpectedly"), output);
    }
}
