package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ManagerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of contexts. */
class ContextsTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void aContextIsKeptChosenAndRemoved() throws Exception {
        Path user = folder.resolve("multiproc");
        Contexts contexts = new Contexts(user);
        assertEquals(Contexts.DEFAULT, contexts.currentName());
        assertNull(contexts.current());
        assertEquals(List.of(), contexts.all());
        Path key = Files.writeString(folder.resolve("key"), "a secret");
        Contexts.Context prod = new Contexts.Context("prod", "tcp://prod:50000", key);
        Contexts.Context test = new Contexts.Context("test-1", "unix:///run/x = y", null);
        contexts.add(test);
        contexts.add(prod);
        assertEquals(List.of(prod, test), contexts.all());
        assertEquals(test, contexts.get("test-1"));
        contexts.use("prod");
        assertEquals(prod, new Contexts(user).current());
        for (Path file : List.of(user.resolve("contexts/prod"), user.resolve("context"))) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
            assertFalse(Files.readString(file).contains("a secret"), "the key itself is kept");
        }
        String text =
                assertThrows(ManagerException.class, () -> contexts.add(prod)).getMessage();
        assertTrue(text.endsWith("'multiproc context remove prod'"), text);
        contexts.remove("prod");
        assertEquals(Contexts.DEFAULT, contexts.currentName());
        contexts.use("test-1");
        contexts.use(Contexts.DEFAULT);
        assertNull(contexts.current());
        try (var left = Files.list(user.resolve("contexts"))) {
            assertEquals(List.of(user.resolve("contexts/test-1")), left.toList());
        }
    }

    @Test
    void aNameIsNoPath() {
        Contexts contexts = new Contexts(folder);
        for (String name : List.of("", "../x", "a/b", ".x", "-c", "a b", "x".repeat(65))) {
            assertThrows(UsageException.class, () -> contexts.get(name), name);
        }
        assertThrows(ManagerException.class, () -> contexts.get("none"));
        assertThrows(ManagerException.class, () -> contexts.use("none"));
        assertThrows(ManagerException.class, () -> contexts.remove("none"));
        assertThrows(UsageException.class, () -> contexts.remove(Contexts.DEFAULT));
        assertThrows(ManagerException.class, () -> contexts.add(new Contexts.Context("default", "tcp://x:1", null)));
    }
}
