package io.multiproc.server.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatedFileTest {
    @TempDir
    private Path folder;

    private static void write(RotatedFile out, String line) throws IOException {
        out.write((line + "\n").getBytes(UTF_8));
    }

    @Test
    void goesOnInANewFileWhereTheOldOneWasMovedAway() throws Exception {
        Path file = folder.resolve("audit");
        Path moved = folder.resolve("audit.1");
        try (RotatedFile out = new RotatedFile(file)) {
            write(out, "a");
            Files.move(file, moved);
            write(out, "b");
            write(out, "c");
            Files.delete(file);
            write(out, "d");
            // a rotation that makes the new file itself
            Files.move(file, folder.resolve("audit.2"));
            Files.writeString(file, "head\n");
            write(out, "e");
        }
        assertEquals("a\n", Files.readString(moved));
        assertEquals("d\n", Files.readString(folder.resolve("audit.2")));
        assertEquals("head\ne\n", Files.readString(file));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("audit.2"))));
    }

    @Test
    void aNewFileThatOthersMayChangeIsRefusedUntilTheyMayNot() throws Exception {
        Path file = folder.resolve("audit");
        try (RotatedFile out = new RotatedFile(file)) {
            write(out, "a");
            Files.move(file, folder.resolve("audit.1"));
            Files.writeString(file, "");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
            String text = assertThrows(IOException.class, () -> write(out, "b")).getMessage();
            assertTrue(text.contains("is refused"), text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            write(out, "c");
        }
        assertEquals("a\n", Files.readString(folder.resolve("audit.1")));
        assertEquals("c\n", Files.readString(file));
    }
}
