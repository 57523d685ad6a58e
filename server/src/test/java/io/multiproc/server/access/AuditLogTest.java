package io.multiproc.server.access;

import static org.junit.jupiter.api.Assertions.*;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AuditLogTest {
    @TempDir
    private Path folder;

    private long now = -5;

    private static List<String> lines(ByteArrayOutputStream out) {
        List<String> lines = new ArrayList<>();
        for (String line : out.toString(StandardCharsets.UTF_8).split("\n", -1)) {
            lines.add(line.replaceFirst("^\\{\"time\":\"[0-9T:.-]+Z\",", "{"));
        }
        assertEquals("", lines.remove(lines.size() - 1), "each line ends");
        return lines;
    }

    private static Map<String, @Nullable Object> facts(@Nullable Object... pairs) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            facts.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return facts;
    }

    @Test
    void oneObjectOnEachLine() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AuditLog audit = AuditLog.start(out, "memory", () -> now);
        audit.record(
                Audit.Event.ADMIN, facts("key", "ops", "session", 7L, "done", true, "name", null, "operation", "x"));
        audit.record(Audit.Event.ADMIN, facts("name", "a\"b\\c\nd\u001b[2J\ud800\u202ee \u00e4"));
        audit.close();
        List<String> lines = lines(out);
        assertTrue(lines.get(0).matches("\\{\"event\":\"started\",\"pid\":\\d+}"), lines.get(0));
        assertEquals(
                "{\"event\":\"admin\",\"key\":\"ops\",\"session\":7,\"done\":true,\"operation\":\"x\"}", lines.get(1));
        assertEquals(
                "{\"event\":\"admin\",\"name\":\"a\\\"b\\\\c\\nd\\u001b[2J\\ud800\\u202ee \u00e4\"}", lines.get(2));
        assertEquals(3, lines.size());
    }

    @Test
    void whatClientsCauseHasABound() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AuditLog audit = AuditLog.start(out, "memory", () -> now);
        for (int i = 0; i < 1000; i++) {
            audit.record(Audit.Event.REFUSED, facts("n", (long) i));
            audit.record(Audit.Event.ADMIN, facts("n", (long) i));
        }
        now += 60_000_000_000L;
        audit.record(Audit.Event.REFUSED, facts("n", 1000L));
        audit.close();
        List<String> refused =
                lines(out).stream().filter(l -> l.contains("refused")).toList();
        assertEquals(201, refused.size());
        assertEquals("{\"event\":\"refused\",\"n\":1000,\"left_out\":800}", refused.get(200));
        assertEquals(1000, lines(out).stream().filter(l -> l.contains("admin")).count());
    }

    /** What happened is answered whether or not memory suffices to tell of it. */
    @Test
    void whatThereIsNoMemoryForIsCounted() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AuditLog audit = AuditLog.start(out, "memory", () -> now);
        audit.record(Audit.Event.ADMIN, facts("n", new Object() {
            @Override
            public String toString() {
                throw new OutOfMemoryError("as if");
            }
        }));
        audit.record(Audit.Event.ADMIN, facts("n", 2L));
        audit.close();
        assertEquals(
                List.of("{\"event\":\"left_out\",\"events\":1}", "{\"event\":\"admin\",\"n\":2}"),
                lines(out).subList(1, 3));
    }

    @Test
    void aFileThatGrows() throws IOException {
        Path file = folder.resolve("audit");
        AuditLog.open(file).close();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        AuditLog.open(file).close();
        assertEquals(2, Files.readAllLines(file).size());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        String said = assertThrows(IOException.class, () -> AuditLog.open(file)).getMessage();
        assertTrue(said.contains("can be written by other users"), said);
        said = assertThrows(IOException.class, () -> AuditLog.open(folder.resolve("no/audit")))
                .getMessage();
        assertTrue(said.contains("the audit file"), said);
    }
}
