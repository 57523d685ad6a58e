package io.multiproc.client.internal.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.internal.os.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder that local processes share, also on other systems. */
class LocalHomeTest {
    @TempDir
    private Path base;

    private Platform system(String name) {
        return new Platform(name, base.resolve("root"), base, "");
    }

    @Test
    void aSystemThatDoesNotTellUsersNumbersUsesNames() throws IOException {
        Path folder = LocalHome.folder(base, system("Mac OS X"));
        assertEquals(
                "multiproc-" + System.getProperty("user.name"),
                folder.getFileName().toString());
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        // of the next process, too
        assertEquals(folder, LocalHome.folder(base, system("Mac OS X")));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        var e = assertThrows(IOException.class, () -> LocalHome.folder(base, system("Mac OS X")));
        assertTrue(e.getMessage().contains("open to others"), e.getMessage());
    }

    @Test
    void linuxTellsThem() throws IOException {
        Path self = Files.createDirectories(base.resolve("root/proc/self"));
        assertEquals(
                "multiproc-" + Files.getAttribute(self, "unix:uid"),
                LocalHome.folder(base, system("Linux")).getFileName().toString());
    }

    @Test
    void whatTheSystemDoesNotRemoveIsLeft() throws IOException {
        Path file = Files.createFile(base.resolve("file"));
        assertTrue(Sweep.remove(file));
        assertFalse(Files.exists(file));
        // as a file that Windows has mapped
        Path kept = Files.createDirectories(base.resolve("kept/inner"));
        assertFalse(Sweep.remove(base.resolve("kept")));
        assertTrue(Files.exists(kept));
        assertTrue(Sweep.remove(base.resolve("none")));
    }
}
