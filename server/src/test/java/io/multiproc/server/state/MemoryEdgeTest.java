package io.multiproc.server.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An operation in whose middle memory runs out has changed nothing: {@link MemoryEdge} in a JVM of its own. */
@Tag("once")
class MemoryEdgeTest {
    @Test
    @Timeout(120)
    void nothingIsHalfApplied() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx24m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MemoryEdge.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        List<String> wrong = output.lines().filter(l -> !l.startsWith("= ")).toList();
        assertEquals(List.of(), wrong);
        Matcher counts = Pattern.compile("= (\\d+) failed, (\\d+) succeeded").matcher(output);
        assertTrue(counts.find(), output);
        assertTrue(Integer.parseInt(counts.group(1)) > 20 && Integer.parseInt(counts.group(2)) > 20, output);
    }
}
