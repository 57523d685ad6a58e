package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ManagerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
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
        assertEquals(List.of(), contexts.all(Assertions::fail));
        Path key = Files.writeString(folder.resolve("key"), "a secret");
        Contexts.Context prod = new Contexts.Context("prod", "tcp://prod:50000", key);
        Contexts.Context test = new Contexts.Context("test-1", "unix:///run/x = y", null);
        contexts.add(test);
        contexts.add(prod);
        assertEquals(List.of(prod, test), contexts.all(Assertions::fail));
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

    /** Never the default's manager in its place. */
    @Test
    void aDamagedContextIsSaid() throws Exception {
        Contexts contexts = new Contexts(folder);
        Contexts.Context prod = new Contexts.Context("prod", "tcp://prod:50000", null);
        contexts.add(prod);
        Path files = folder.resolve("contexts");
        byte[] noText = {'a', (byte) 0xff};
        for (byte[] content : List.of(
                new byte[0],
                bytes("address=\n"),
                bytes("authkey-file=/k\n"),
                bytes("address=tcp://a:1\nautkey-file=/k\n"),
                bytes("address=tcp://a:1\naddress=tcp://b:1\n"),
                bytes("address=tcp://a:1\nauthkey-file=\n"),
                noText)) {
            Files.write(files.resolve("dam"), content);
            String text = assertThrows(ManagerException.class, () -> contexts.get("dam"))
                    .getMessage();
            assertTrue(text.contains(files.resolve("dam") + " is damaged: "), text);
            assertTrue(text.contains("'multiproc context remove dam'"), text);
        }
        Files.writeString(files.resolve("a b~"), "address=tcp://a:1\n");
        List<String> faults = new ArrayList<>();
        assertEquals(List.of(prod), contexts.all(faults::add));
        assertEquals(2, faults.size(), faults::toString);
        assertTrue(faults.get(0).contains("a b~") && faults.get(1).contains("/dam"), faults::toString);
        contexts.remove("dam");
        assertFalse(Files.exists(files.resolve("dam")));
        for (byte[] content : List.of(new byte[0], bytes("a b\n"), noText)) {
            Files.write(folder.resolve("context"), content);
            String text =
                    assertThrows(ManagerException.class, contexts::current).getMessage();
            assertTrue(text.contains("'multiproc context use default'"), text);
        }
        contexts.use(Contexts.DEFAULT);
        assertNull(contexts.current());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatIsNoLineIsRefused() {
        Contexts contexts = new Contexts(folder);
        Path key = Path.of("/tmp/a\nb");
        assertThrows(UsageException.class, () -> contexts.add(new Contexts.Context("x", "tcp://x:1", key)));
        assertThrows(ManagerException.class, () -> contexts.get("x"));
    }

    @Test
    void errorsOfFilesSayWhatFailed() throws Exception {
        Contexts under =
                new Contexts(Files.writeString(folder.resolve("file"), "").resolve("multiproc"));
        String text = assertThrows(IOException.class, () -> under.add(new Contexts.Context("x", "tcp://x:1", null)))
                .getMessage();
        assertTrue(text.startsWith("cannot write ") && text.contains("XDG_CONFIG_HOME"), text);
        assertEquals(Contexts.DEFAULT, under.currentName());
        assertThrows(ManagerException.class, () -> under.get("x"));
        under.use(Contexts.DEFAULT);
        assertEquals("/x: it does not exist", FileErrors.text(new NoSuchFileException("/x")));
        assertEquals("/x: this user has no permission", FileErrors.text(new AccessDeniedException("/x")));
        assertEquals(
                "/x: Read-only file system",
                FileErrors.text(new FileSystemException("/x", null, "Read-only file system")));
    }

    @Test
    void anAddressIsOneToConnectTo() {
        for (String good : List.of("tcp://h", "tcp://h:1", "tcp://[::1]:50000", "unix:///run/m", "tls://a:1,b:2")) {
            ContextCommands.check(good);
        }
        for (String bad : List.of(
                "tcp://h:0",
                "tcp://h:65536",
                "h:1",
                "tcp://",
                "tcp://h/x",
                "unix://x",
                "unix:///",
                "a b",
                "tcp://a:1,b:0",
                "tcp://a:1,")) {
            String text = assertThrows(UsageException.class, () -> ContextCommands.check(bad), bad)
                    .getMessage();
            assertFalse(text.contains("listen"), text);
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
