package io.multiproc.server.access;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.access.KeyRing.NamedKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    @TempDir
    private Path folder;

    private static final Path FOLDER = Path.of("/keys");

    private static List<NamedKey> parse(String text) throws IOException {
        return KeyFile.parse(text.getBytes(StandardCharsets.UTF_8), FOLDER, file -> {
            if (!file.equals(FOLDER.resolve("ops.key"))) {
                throw new NoSuchFileException(file.toString());
            }
            return "the key of a file".getBytes(StandardCharsets.UTF_8);
        });
    }

    private static void refused(String expected, String text) {
        String said = assertThrows(IOException.class, () -> parse(text)).getMessage();
        assertEquals(expected, said);
    }

    @Test
    void eachFormOfALine() throws IOException {
        List<NamedKey> keys = parse(
                """
                # comments and empty lines

                ops     admin  file=ops.key
                \tweb use prefix=web. key=p\u00e4ss#word=1 prefix=sh\u00e4red.\r
                sensor-1.a_B  read   hex=00fF17
                  # end
                last read key=x""");
        assertEquals(
                List.of(
                        new Principal("ops", Role.ADMIN, List.of()),
                        new Principal("web", Role.USE, List.of("web.", "sh\u00e4red.")),
                        new Principal("sensor-1.a_B", Role.READ, List.of()),
                        new Principal("last", Role.READ, List.of())),
                keys.stream().map(NamedKey::principal).toList());
        assertEquals(
                List.of(
                        Authkey.ofText("the key of a file"),
                        Authkey.ofText("p\u00e4ss#word=1"),
                        Authkey.of(new byte[] {0, (byte) 0xff, 0x17}),
                        Authkey.ofText("x")),
                keys.stream().map(NamedKey::key).toList());
        assertTrue(keys.get(0).principal().isUnlimited());
        assertFalse(keys.get(1).principal().isUnlimited());
    }

    @Test
    void eachErrorNamesItsLine() {
        refused("it has no keys, so nobody could connect: write a line NAME ROLE file=PATH", "");
        refused("it has no keys, so nobody could connect: write a line NAME ROLE file=PATH", "# nothing\n\n");
        refused("line 2: write NAME ROLE KEY, and perhaps prefix=TEXT, between spaces", "\nweb use\n");
        refused(
                "line 1: the name, its first word, may have 1 to 64 of the characters A-Z a-z 0-9 . _ -",
                "w\u00e4b use key=x");
        refused(
                "line 1: the name, its first word, may have 1 to 64 of the characters A-Z a-z 0-9 . _ -",
                "a".repeat(65) + " use key=x");
        refused("line 2: line 1 has the same name; give each key its own", "a use key=x\na use key=y");
        refused("line 1: the role, its second word, is read, use or admin", "a write key=x");
        refused("line 1: it has no key: write file=PATH, key=TEXT or hex=DIGITS", "a use prefix=x");
        refused("line 1: word 4 is a second key, or no prefix=TEXT; a line has one key", "a use key=x key=y");
        refused("line 1: word 3 is none of file=PATH, key=TEXT, hex=DIGITS and prefix=TEXT", "a use secret");
        refused("line 1: word 3 is an empty key; use 32 random bytes", "a use key=");
        refused("line 1: word 3 is an empty key; use 32 random bytes", "a use hex=");
        refused("line 1: word 3 is not an even number of hexadecimal digits", "a use hex=123");
        refused("line 1: word 3 is not an even number of hexadecimal digits", "a use hex=1x");
        refused("line 1: word 3 names no file", "a use file=");
        refused("line 1: word 3 is no path", "a use file=\0");
        refused("line 1: /keys/other.key", "a use file=other.key");
        refused(
                "line 1: word 4 is an empty prefix; leave it out for a key that may use all objects",
                "a use key=x prefix=");
        refused("line 3: line 1 has the same key; one of the two has to go", "a use key=a\n\nb read hex=61");
        refused(
                "line 1: the role, its second word, is read, use or admin; line 2: word 3 is an empty key; use 32 random bytes",
                "a x key=a\nb use key=");
    }

    @Test
    void manyErrorsAndManyKeys() {
        String said = assertThrows(IOException.class, () -> parse("a b c\n".repeat(9)))
                .getMessage();
        assertTrue(said.endsWith("; and 4 more"), said);
        StringBuilder many = new StringBuilder();
        for (int i = 0; i <= KeyRing.MOST; i++) {
            many.append("k").append(i).append(" use key=").append(i).append('\n');
        }
        refused("line 101: a server has at most 100 keys", many.toString());
        said = assertThrows(IOException.class, () -> parse("a use key=x" + " prefix=y".repeat(101)))
                .getMessage();
        assertEquals("line 1: it has more than 100 prefixes", said);
    }

    @Test
    void noErrorQuotesAKey() {
        String key = "Tr0ub4dor";
        for (String text : List.of(
                "a use " + key,
                key + "! use key=" + key,
                "a " + key + " key=x",
                key,
                "a use key=x " + key,
                "a use hex=" + key,
                "a use key=" + key + "\nb use key=" + key,
                key + " use key=x\n" + key + " use key=y")) {
            String said = assertThrows(IOException.class, () -> parse(text)).getMessage();
            assertFalse(said.contains(key), said);
        }
    }

    @Test
    void noText() {
        byte[] content = {'a', (byte) 0xff};
        IOException e = assertThrows(IOException.class, () -> KeyFile.parse(content, FOLDER, file -> new byte[] {1}));
        assertEquals("it is no text in UTF-8", e.getMessage());
    }

    @Test
    void aFileWithAKeyFileBesideIt() throws IOException {
        Path file = folder.resolve("keys");
        Files.writeString(file, "ops admin file=ops.key\n");
        Files.writeString(folder.resolve("ops.key"), "secret\n");
        assertEquals(Authkey.ofText("secret"), KeyFile.read(file).get(0).key());
        Files.delete(folder.resolve("ops.key"));
        String said = assertThrows(IOException.class, () -> KeyFile.read(file)).getMessage();
        assertEquals(
                "keys file " + file + ": line 1: authkey file " + folder.resolve("ops.key") + " does not exist", said);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        said = assertThrows(IOException.class, () -> KeyFile.read(file)).getMessage();
        assertTrue(said.contains("can be written by other users: run chmod go-w"), said);
    }
}
