package io.multiproc.server.cli;

import io.multiproc.client.Authkeys;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.SecretFile;
import io.multiproc.server.ServerOptions;
import io.multiproc.server.access.KeyFile;
import io.multiproc.server.access.KeyRing;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.access.KeySource;
import io.multiproc.server.access.Principal;
import io.multiproc.server.access.Role;
import io.multiproc.server.net.ListenAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys that {@code serve} was told of: by files, which can be read again, by variables, or by its parent. */
final class ServeKeys implements KeySource {
    private static final Logger log = LoggerFactory.getLogger(Serve.class);
    private static final int RANDOM_BYTES = 32;
    /** The longest name of a key. */
    private static final int MOST_NAME = 64;

    private final List<Path> authkeyFiles;
    private final @Nullable Path keysFile;
    /** What is from no file that was named, and stays. */
    private final List<NamedKey> fixed;
    /** Where the key was found; empty if it was made, or is a parent's. */
    private final String source;

    private byte[] own = {};

    private ServeKeys(List<Path> authkeyFiles, @Nullable Path keysFile, List<NamedKey> fixed, String source) {
        this.authkeyFiles = authkeyFiles;
        this.keysFile = keysFile;
        this.fixed = new ArrayList<>(fixed);
        this.source = source;
    }

    private static NamedKey admin(String name, byte[] key) {
        try {
            return new NamedKey(new Principal(name, Role.ADMIN, List.of()), Authkey.of(key));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** Of a parent that started this process: the key is the first line of standard input. */
    static ServeKeys ofParent() throws IOException {
        // unbuffered: whatever follows the line is waited for by others
        StringBuilder hex = new StringBuilder();
        int c;
        while ((c = System.in.read()) >= 0 && c != '\n') {
            hex.append((char) c);
        }
        byte[] key = HexFormat.of().parseHex(hex);
        for (int i = 0; i < hex.length(); i++) {
            hex.setCharAt(i, '0');
        }
        return new ServeKeys(List.of(), null, List.of(admin("key", key)), "");
    }

    /** The files that are named; else what variables say, or the user's own key. */
    static ServeKeys find(List<Path> authkeyFiles, @Nullable Path keysFile, List<String> listen) throws IOException {
        if (keysFile != null || authkeyFiles.size() > 1) {
            return new ServeKeys(authkeyFiles, keysFile, List.of(), "");
        }
        Path file = authkeyFiles.isEmpty() ? null : authkeyFiles.get(0);
        if (file == null
                && System.getenv(Authkeys.FILE_VARIABLE) == null
                && System.getenv(Authkeys.KEY_VARIABLE) == null) {
            // a key that came into being by itself is for this machine and this user
            for (String uri : listen) {
                ListenAddress address = ListenAddress.parse(uri);
                if (!address.isLocal()) {
                    throw new IllegalArgumentException("no authkey for " + address
                            + ", which other machines can reach: set "
                            + Authkeys.FILE_VARIABLE + " (or --authkey-file) to a file with at least "
                            + ServerOptions.MIN_REMOTE_KEY + " random bytes, such as a Docker or Kubernetes secret, or "
                            + Authkeys.KEY_VARIABLE + " to the key itself");
                }
            }
        }
        Authkeys keys = new Authkeys();
        Optional<Authkeys.Authkey> found = keys.find(null, file);
        Authkeys.Authkey key = found.isPresent() ? found.get() : keys.createForUser();
        if (key.isMade()) {
            // whatever the level of the log: nobody is told again
            System.err.println("multiproc: made an authkey for this user in "
                    + Shown.escaped(keys.userFile().toString()) + "; clients of the same user find it there");
        }
        key.warning().ifPresent(log::warn);
        return new ServeKeys(List.of(), null, List.of(admin("key", key.bytes())), key.isMade() ? "" : key.source());
    }

    /** Whether reading again can find other keys. */
    boolean canChange() {
        return keysFile != null || !authkeyFiles.isEmpty();
    }

    /** Logs where the keys are from. */
    void tell() {
        if (!source.isEmpty()) {
            log.info("the authkey is from {}", Shown.escaped(source));
        }
        for (Path file : authkeyFiles) {
            log.info(
                    "a key is from file {}", Shown.escaped(file.toAbsolutePath().toString()));
        }
        if (keysFile != null) {
            log.info(
                    "the keys are from file {}",
                    Shown.escaped(keysFile.toAbsolutePath().toString()));
        }
    }

    /** With a random key for what this process connects itself, in its memory only. */
    ServeKeys withOwn() {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        own = random.clone();
        fixed.add(admin("plugins", random));
        return this;
    }

    /** The key that {@link #withOwn} made. */
    byte[] own() {
        return own;
    }

    @Override
    public KeyRing load() throws IOException {
        List<NamedKey> all = new ArrayList<>(fixed);
        if (keysFile != null) {
            warn(keysFile, "keys file");
            all.addAll(KeyFile.read(keysFile));
        }
        Set<String> names = new HashSet<>();
        all.forEach(entry -> names.add(entry.principal().name()));
        for (Path file : authkeyFiles) {
            warn(file, "authkey file");
            byte[] key = SecretFile.key(file);
            all.add(admin(free(file, names), key));
        }
        try {
            return KeyRing.of(all);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void warn(Path file, String what) throws IOException {
        String warning = SecretFile.warning(file, what);
        if (warning != null) {
            log.warn(warning);
        }
    }

    /** The name of a key after its file's. */
    private static String free(Path file, Set<String> names) {
        Path last = file.getFileName();
        String plain = (last == null ? "key" : last.toString()).replaceAll("[^A-Za-z0-9._-]", "_");
        String base = plain.substring(0, Math.min(plain.length(), MOST_NAME - 4));
        String name = base;
        for (int n = 2; !names.add(name); n++) {
            name = base + "-" + n;
        }
        return name;
    }
}
