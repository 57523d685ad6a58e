package io.multiproc.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthkeysTest {
    private final Path folder;

    AuthkeysTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Path file(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static String text(byte[] b) {
        return new String(b, StandardCharsets.UTF_8);
    }

    @Test
    void sourcesAreTriedInOrder() throws IOException {
        Path given = file("given", "from file\n");
        Path named = file("named", "from named file");
        Map<String, String> both =
                Map.of(Authkeys.FILE_VARIABLE, named.toString(), Authkeys.KEY_VARIABLE, "from variable");
        Authkeys keys = new Authkeys(both, folder);
        assertEquals(
                "bytes",
                text(keys.require("bytes".getBytes(StandardCharsets.UTF_8), given)
                        .bytes()));
        assertEquals("from file", text(keys.require(null, given).bytes()));
        assertEquals("from named file", text(keys.require(null, null).bytes()));
        Authkeys variable = new Authkeys(Map.of(Authkeys.KEY_VARIABLE, "from variable"), folder);
        variable.createForUser();
        assertEquals("from variable", text(variable.require(null, null).bytes()));
        assertEquals("variable MULTIPROC_AUTHKEY", variable.require(null, null).source());
        Authkeys user = new Authkeys(Map.of(), folder);
        assertArrayEquals(user.createForUser().bytes(), user.require(null, null).bytes());
    }

    @Test
    void withoutAnyKeyTheMessageNamesThePlaces() throws IOException {
        Authkeys keys = new Authkeys(Map.of(), folder);
        assertTrue(keys.find(null, null).isEmpty());
        var e = assertThrows(IOException.class, () -> keys.require(null, null));
        String message = String.valueOf(e.getMessage());
        assertTrue(
                message.contains("--authkey-file")
                        && message.contains(keys.userFile().toString()),
                message);
    }

    @Test
    void aNamedSourceIsNeverSkipped() throws IOException {
        Authkeys keys = new Authkeys(Map.of(Authkeys.KEY_VARIABLE, ""), folder);
        assertThrows(IOException.class, () -> keys.find(null, null));
        assertThrows(IOException.class, () -> keys.find(null, folder.resolve("missing")));
        assertThrows(IOException.class, () -> keys.find(new byte[0], null));
        Authkeys empty = new Authkeys(Map.of(Authkeys.FILE_VARIABLE, "", Authkeys.KEY_VARIABLE, "x"), folder);
        assertThrows(IOException.class, () -> empty.find(null, null));
        assertThrows(IOException.class, () -> Authkeys.read(folder));
    }

    @Test
    void oneNewlineAtTheEndIsNotTheKey() throws IOException {
        assertEquals("key", text(Authkeys.read(file("a", "key\n")).bytes()));
        assertEquals("key", text(Authkeys.read(file("b", "key\r\n")).bytes()));
        assertEquals("key\n", text(Authkeys.read(file("c", "key\n\n")).bytes()));
        assertEquals(" k y ", text(Authkeys.read(file("d", " k y ")).bytes()));
        assertThrows(IOException.class, () -> Authkeys.read(file("e", "\n")));
        assertThrows(IOException.class, () -> Authkeys.read(file("f", "")));
        assertThrows(IOException.class, () -> Authkeys.read(file("g", "x".repeat(5000))));
    }

    @Test
    void aFileThatOthersCanReadIsWarnedAbout() throws IOException {
        Path file = file("key", "secret");
        assertTrue(Authkeys.read(file).warning().isEmpty());
        for (String mode : List.of("rw-r-----", "rw----r--")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertTrue(Authkeys.read(file).warning().orElse("").contains("chmod 600"), mode);
        }
        assertFalse(Authkeys.read(file).toString().contains("secret"));
    }

    @Test
    void aFileThatOthersCanChangeIsRefused() throws IOException {
        Path file = file("key", "secret");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw--w----"));
        IOException e = assertThrows(IOException.class, () -> Authkeys.read(file));
        assertTrue(e.getMessage().contains("refused") && e.getMessage().contains("chmod go-w"), e.getMessage());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThrows(IOException.class, () -> Authkeys.read(file));
    }

    @Test
    void theUsersFileIsPrivateAndRandom() throws IOException {
        Path config = folder.resolve("deep/config");
        Authkeys keys = new Authkeys(Map.of("XDG_CONFIG_HOME", config.toString()), folder);
        assertEquals(config.resolve("multiproc/authkey"), keys.userFile());
        Authkeys.Authkey key = keys.createForUser();
        assertTrue(text(key.bytes()).matches("[0-9a-f]{64}"));
        assertTrue(key.warning().isEmpty());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(keys.userFile())));
        assertEquals(
                "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(config.resolve("multiproc"))));
        assertArrayEquals(key.bytes(), keys.createForUser().bytes());
        Authkeys other = new Authkeys(Map.of("XDG_CONFIG_HOME", "relative"), folder);
        assertEquals(folder.resolve(".config/multiproc/authkey"), other.userFile());
        assertFalse(text(other.createForUser().bytes()).equals(text(key.bytes())));
    }

    @Test
    void racingProcessesEndWithOneKeyAndNoLeftovers() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 50; round++) {
                Path home = folder.resolve("home" + round);
                Files.createDirectory(home);
                CountDownLatch start = new CountDownLatch(1);
                List<Future<String>> results = new ArrayList<>();
                for (int t = 0; t < 8; t++) {
                    results.add(threads.submit(() -> {
                        start.await();
                        return text(new Authkeys(Map.of(), home).createForUser().bytes());
                    }));
                }
                start.countDown();
                Set<String> seen = new HashSet<>();
                for (Future<String> f : results) {
                    seen.add(f.get(30, TimeUnit.SECONDS));
                }
                assertEquals(1, seen.size());
                try (var files = Files.list(home.resolve(".config/multiproc"))) {
                    assertEquals(1, files.count());
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aFolderIsSaid() {
        String text =
                assertThrows(IOException.class, () -> Authkeys.read(folder)).getMessage();
        assertTrue(text.contains(folder + " is a folder"), text);
    }

    /** Not only a path: what failed, why, and what to do. */
    @Test
    void aFolderThatCannotBeUsedIsSaid() throws IOException {
        file(".config", "a file");
        Authkeys keys = new Authkeys(Map.of(), folder);
        for (String text : List.of(
                assertThrows(IOException.class, () -> keys.find(null, null)).getMessage(),
                assertThrows(IOException.class, keys::createForUser).getMessage())) {
            assertTrue(text.startsWith("cannot "), text);
            assertTrue(text.contains(keys.userFile() + ": Not a directory"), text);
            assertTrue(text.contains("--authkey-file") && text.contains("XDG_CONFIG_HOME"), text);
        }
        Authkeys nowhere = new Authkeys(Map.of(), Path.of("/proc"));
        String text = assertThrows(IOException.class, nowhere::createForUser).getMessage();
        assertTrue(text.startsWith("cannot make an authkey for this user in /proc/.config/multiproc/authkey: "), text);
    }

    /** Of several first starts only one says that it has made the key. */
    @Test
    void onlyOneMakesTheKey() throws Exception {
        int starts = 8;
        ExecutorService threads = Executors.newFixedThreadPool(starts);
        try {
            for (int round = 0; round < 20; round++) {
                Authkeys keys = new Authkeys(Map.of(), Files.createDirectory(folder.resolve("home" + round)));
                CountDownLatch go = new CountDownLatch(1);
                List<Future<Authkeys.Authkey>> made = new ArrayList<>();
                for (int i = 0; i < starts; i++) {
                    made.add(threads.submit(() -> {
                        go.await();
                        return keys.createForUser();
                    }));
                }
                go.countDown();
                int makers = 0;
                Set<String> texts = new HashSet<>();
                for (Future<Authkeys.Authkey> one : made) {
                    makers += one.get(30, TimeUnit.SECONDS).isMade() ? 1 : 0;
                    texts.add(text(one.get().bytes()));
                }
                assertEquals(1, makers);
                assertEquals(1, texts.size());
                assertFalse(keys.createForUser().isMade());
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
