package io.multiproc.server.access;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.SecretFile;
import io.multiproc.server.access.KeyRing.NamedKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file of {@code serve --keys}: a key on each line.
 *
 * <pre>
 *   # NAME  ROLE   KEY                    PREFIXES
 *   ops     admin  file=ops.key
 *   web     use    file=web.key           prefix=web. prefix=shared.
 *   board   read   key=correct-horse-42   prefix=web.
 *   sensor  use    hex=00ff17
 * </pre>
 *
 * <p>Errors name lines by number and quote nothing but paths: what stands in the wrong place may be a key. Bytes of keys are overwritten once they are read.
 */
public final class KeyFile {
    /** A file that is longer was named by mistake. */
    private static final int MOST_BYTES = 64 << 10;

    private static final int MOST_ERRORS = 5;
    private static final int MOST_PREFIXES = 100;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** Reads the key of a file that a line names. */
    @FunctionalInterface
    interface Keys {
        /** The bytes, which the caller overwrites. */
        byte[] read(Path file) throws IOException;
    }

    private final Path folder;
    private final Keys keys;
    private final List<String> errors = new ArrayList<>();
    private final List<NamedKey> entries = new ArrayList<>();
    private final Map<String, Integer> lineOfName = new HashMap<>();
    private final List<Integer> lines = new ArrayList<>();

    private KeyFile(Path folder, Keys keys) {
        this.folder = folder;
        this.keys = keys;
    }

    /**
     * Reads a file of keys, and those that it names.
     *
     * @throws IOException if one of them may not be trusted or cannot be read, or a line is wrong; the text names the file and the first wrong lines
     */
    public static List<NamedKey> read(Path file) throws IOException {
        byte[] content = SecretFile.read(file, "keys file", MOST_BYTES);
        try {
            Path folder = file.toAbsolutePath().getParent();
            return parse(content, folder == null ? Path.of("/") : folder, SecretFile::key);
        } catch (IOException e) {
            throw new IOException("keys file " + file + ": " + e.getMessage(), e);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    static List<NamedKey> parse(byte[] content, Path folder, Keys keys) throws IOException {
        checkText(content);
        KeyFile file = new KeyFile(folder, keys);
        int number = 0;
        for (int from = 0; from < content.length; ) {
            int end = from;
            while (end < content.length && content[end] != '\n') {
                end++;
            }
            number++;
            file.line(number, words(content, from, end));
            from = end + 1;
        }
        if (file.errors.isEmpty() && file.entries.isEmpty()) {
            throw new IOException("it has no keys, so nobody could connect: write a line NAME ROLE file=PATH");
        }
        if (!file.errors.isEmpty()) {
            file.entries.forEach(e -> e.key().destroy());
            int more = file.errors.size() - MOST_ERRORS;
            throw new IOException(String.join("; ", file.errors.subList(0, Math.min(MOST_ERRORS, file.errors.size())))
                    + (more > 0 ? "; and " + more + " more" : ""));
        }
        return List.copyOf(file.entries);
    }

    private static void checkText(byte[] content) throws IOException {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            Arrays.fill(text.array(), '\0');
        } catch (CharacterCodingException e) {
            throw new IOException("it is no text in UTF-8", e);
        }
    }

    /** A part of the file between white space. */
    private record Word(byte[] content, int from, int to) {
        /** What follows a label, or null if it begins otherwise. */
        @Nullable
        Word after(String label) {
            byte[] b = label.getBytes(StandardCharsets.US_ASCII);
            return to - from >= b.length && Arrays.equals(content, from, from + b.length, b, 0, b.length)
                    ? new Word(content, from + b.length, to)
                    : null;
        }

        boolean isEmpty() {
            return from == to;
        }

        byte[] bytes() {
            return Arrays.copyOfRange(content, from, to);
        }

        String text() {
            return new String(content, from, to - from, StandardCharsets.UTF_8);
        }
    }

    private static List<Word> words(byte[] content, int from, int end) {
        List<Word> words = new ArrayList<>();
        int at = from;
        while (at < end) {
            if (isSpace(content[at])) {
                at++;
                continue;
            }
            int start = at;
            while (at < end && !isSpace(content[at])) {
                at++;
            }
            words.add(new Word(content, start, at));
        }
        return words;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }

    private void line(int number, List<Word> words) {
        if (words.isEmpty() || words.get(0).after("#") != null) {
            return;
        }
        try {
            add(number, words);
        } catch (BadLine e) {
            errors.add("line " + number + ": " + e.getMessage());
        }
    }

    private void add(int number, List<Word> words) throws BadLine {
        if (words.size() < 3) {
            throw new BadLine("write NAME ROLE KEY, and perhaps prefix=TEXT, between spaces");
        }
        String name = words.get(0).text();
        if (!NAME.matcher(name).matches()) {
            throw new BadLine("the name, its first word, may have 1 to 64 of the characters A-Z a-z 0-9 . _ -");
        }
        Integer before = lineOfName.putIfAbsent(name, number);
        if (before != null) {
            throw new BadLine("line " + before + " has the same name; give each key its own");
        }
        Role role = Role.of(words.get(1).text());
        if (role == null) {
            throw new BadLine("the role, its second word, is read, use or admin");
        }
        Authkey key = null;
        List<String> prefixes = new ArrayList<>();
        try {
            for (int i = 2; i < words.size(); i++) {
                Word word = words.get(i);
                Word prefix = word.after("prefix=");
                if (prefix != null) {
                    if (prefix.isEmpty()) {
                        throw new BadLine("word " + (i + 1)
                                + " is an empty prefix; leave it out for a key that may use all objects");
                    }
                    prefixes.add(prefix.text());
                } else if (key != null) {
                    throw new BadLine("word " + (i + 1) + " is a second key, or no prefix=TEXT; a line has one key");
                } else {
                    key = key(word, i + 1);
                }
            }
            if (key == null) {
                throw new BadLine("it has no key: write file=PATH, key=TEXT or hex=DIGITS");
            }
            if (prefixes.size() > MOST_PREFIXES) {
                throw new BadLine("it has more than " + MOST_PREFIXES + " prefixes");
            }
            for (int i = 0; i < entries.size(); i++) {
                if (entries.get(i).key().equals(key)) {
                    throw new BadLine("line " + lines.get(i) + " has the same key; one of the two has to go");
                }
            }
            if (entries.size() == KeyRing.MOST) {
                throw new BadLine("a server has at most " + KeyRing.MOST + " keys");
            }
        } catch (BadLine e) {
            if (key != null) {
                key.destroy();
            }
            throw e;
        }
        entries.add(new NamedKey(new Principal(name, role, prefixes), key));
        lines.add(number);
    }

    private Authkey key(Word word, int position) throws BadLine {
        Word text = word.after("key=");
        Word hex = word.after("hex=");
        Word path = word.after("file=");
        byte[] bytes;
        if (text != null) {
            bytes = text.bytes();
        } else if (hex != null) {
            bytes = ofHex(hex, position);
        } else if (path != null) {
            bytes = ofFile(path, position);
        } else {
            throw new BadLine("word " + position + " is none of file=PATH, key=TEXT, hex=DIGITS and prefix=TEXT");
        }
        try {
            if (bytes.length == 0) {
                throw new BadLine("word " + position + " is an empty key; use 32 random bytes");
            }
            return Authkey.of(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static byte[] ofHex(Word hex, int position) throws BadLine {
        byte[] digits = hex.bytes();
        byte[] out = new byte[digits.length / 2];
        try {
            boolean valid = digits.length % 2 == 0;
            for (int i = 0; valid && i < out.length; i++) {
                int high = Character.digit(digits[2 * i], 16);
                int low = Character.digit(digits[2 * i + 1], 16);
                valid = high >= 0 && low >= 0;
                out[i] = (byte) (high << 4 | low);
            }
            if (!valid) {
                Arrays.fill(out, (byte) 0);
                throw new BadLine("word " + position + " is not an even number of hexadecimal digits");
            }
            return out;
        } finally {
            Arrays.fill(digits, (byte) 0);
        }
    }

    private byte[] ofFile(Word path, int position) throws BadLine {
        if (path.isEmpty()) {
            throw new BadLine("word " + position + " names no file");
        }
        try {
            return keys.read(folder.resolve(path.text()));
        } catch (InvalidPathException e) {
            throw new BadLine("word " + position + " is no path");
        } catch (IOException e) {
            throw new BadLine(String.valueOf(e.getMessage()));
        }
    }

    private static final class BadLine extends Exception {
        private static final long serialVersionUID = 1L;

        BadLine(String why) {
            super(why, null, false, false);
        }
    }
}
