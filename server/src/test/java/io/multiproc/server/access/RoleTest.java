package io.multiproc.server.access;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Each operation and each role, as {@code roles.tsv} has them: a new operation needs a line there. */
class RoleTest {
    private static Map<String, String[]> table() throws IOException {
        try (InputStream in = RoleTest.class.getResourceAsStream("/access/roles.tsv")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            Map<String, String[]> table = new LinkedHashMap<>();
            text.lines().filter(l -> !l.startsWith("#")).forEach(line -> {
                String[] cells = line.split("\t");
                assertEquals(4, cells.length, line);
                assertNull(table.put(cells[0], cells), line);
            });
            return table;
        }
    }

    private static String decision(Role role, Op op) {
        boolean absent = role.permits(op, false);
        boolean present = role.permits(op, true);
        assertFalse(absent && !present, op.wireName());
        return absent ? "yes" : present ? "present" : "no";
    }

    @Test
    void eachOperationAndRole() throws IOException {
        Map<String, String[]> table = table();
        for (Op op : OpTable.all()) {
            String[] row = table.remove(op.wireName());
            assertNotNull(row, op.wireName() + " has no line in roles.tsv");
            assertEquals(row[1], decision(Role.READ, op), op.wireName());
            assertEquals(row[2], decision(Role.USE, op), op.wireName());
            assertEquals(row[3], decision(Role.ADMIN, op), op.wireName());
            Role needed = Role.needed(op);
            assertTrue(needed.permits(op, false), op.wireName());
        }
        assertEquals(Map.of(), table, "lines of no operation");
    }

    @Test
    void words() {
        for (Role role : Role.values()) {
            assertEquals(role, Role.of(role.word()));
        }
        assertNull(Role.of("Admin"));
        assertNull(Role.of(""));
    }
}
