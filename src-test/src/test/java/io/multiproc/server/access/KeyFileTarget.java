package io.multiproc.server.access;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.access.KeyRing.NamedKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Any bytes as a file of keys: it is read whole, or refused with a text that quotes nothing of it. */
public final class KeyFileTarget {
    /** Longer words of a file do not occur in messages by chance. */
    private static final int WORD = 12;

    private static final Path FOLDER = Path.of("/keys");

    private KeyFileTarget() {}

    private static List<NamedKey> parse(byte[] content) throws IOException {
        return KeyFile.parse(content, FOLDER, file -> {
            if (file.toString().length() % 2 == 0) {
                throw new NoSuchFileException("a file");
            }
            return file.toString().getBytes(StandardCharsets.UTF_8);
        });
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] b) {
        List<NamedKey> keys;
        try {
            keys = parse(b.clone());
        } catch (IOException e) {
            String said = String.valueOf(e.getMessage());
            for (String word : new String(b, StandardCharsets.UTF_8).split("[ \t\r\n]+")) {
                if (word.length() >= WORD && said.contains(word)) {
                    throw new AssertionError("'" + word + "' is quoted: " + said);
                }
            }
            return;
        }
        KeyRing ring = KeyRing.of(keys);
        List<String> lines = new ArrayList<>();
        List<Authkey> authkeys = new ArrayList<>();
        for (NamedKey key : keys) {
            Principal p = key.principal();
            authkeys.add(key.key());
            lines.add(p + " " + key.key());
            if (ring.entry(key.key()) != key
                    || p.isUnlimited()
                            != (p.role() == Role.ADMIN && p.prefixes().isEmpty())) {
                throw new AssertionError(lines.toString());
            }
        }
        if (!ring.authkeys().equals(authkeys)) {
            throw new AssertionError(lines.toString());
        }
    }
}
