package io.multiproc.server.cli;

import io.multiproc.client.Authkeys;
import io.multiproc.client.ManagerException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The user's contexts: names for managers, each with an address and the path of a key file, never a key. They are files in the folder {@code
 * contexts} of the user's own, mode 0600; the file {@code context} beside it names the one in use. {@value #DEFAULT} is none of them: the usual address
 * and the key that is found.
 */
final class Contexts {
    static final String DEFAULT = "default";

    private static final String REMEDY = ". Name a folder of this user's own with XDG_CONFIG_HOME";
    private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9._-]{0,63}";
    private static final String ADDRESS = "address=";
    private static final String FILE = "authkey-file=";
    private static final String TLS_CA = "tls-ca=";
    private static final String TLS_CERT = "tls-cert=";
    private static final String TLS_KEY = "tls-key=";

    /** A context. */
    record Context(String name, String address, @Nullable Path authkeyFile, TlsInputs.Files tls) {
        Context(String name, String address, @Nullable Path authkeyFile) {
            this(name, address, authkeyFile, TlsInputs.Files.NONE);
        }
    }

    private final Path folder;
    private final Path inUse;

    Contexts() {
        this(new Authkeys().userFolder());
    }

    Contexts(Path userFolder) {
        folder = userFolder.resolve("contexts");
        inUse = userFolder.resolve("context");
    }

    /** The one of a name; null for the default. */
    @Nullable
    Context get(String name) throws IOException {
        if (name.equals(DEFAULT)) {
            return null;
        }
        return read(name, file(name));
    }

    private static Context read(String name, Path file) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw damaged(name, file, FileErrors.text(e));
        } catch (IOException e) {
            if (FileErrors.isAbsent(e)) {
                throw absent(name);
            }
            throw new IOException("the context file " + file + " cannot be read: " + FileErrors.text(e) + REMEDY, e);
        }
        String address = null;
        String key = null;
        Map<String, String> tls = new HashMap<>();
        for (String line : lines) {
            if (line.startsWith(ADDRESS) && address == null) {
                address = line.substring(ADDRESS.length());
            } else if (line.startsWith(FILE) && key == null) {
                key = line.substring(FILE.length());
            } else if (line.startsWith("tls-") && line.indexOf('=') > 0 && line.indexOf('=') + 1 < line.length()) {
                tls.put(line.substring(0, line.indexOf('=') + 1), line.substring(line.indexOf('=') + 1));
            } else {
                throw damaged(name, file, "the line '" + line + "' means nothing there");
            }
        }
        // never the default's instead: a command would be another manager's
        if (address == null || address.isEmpty()) {
            throw damaged(name, file, "the line " + ADDRESS + "URI is missing");
        }
        if (key != null && (key.isEmpty() || key.indexOf('\0') >= 0)) {
            throw damaged(name, file, "the line " + FILE + " names no file");
        }
        String certificate = tls.remove(TLS_CERT);
        String tlsKey = tls.remove(TLS_KEY);
        TlsInputs.Files files = new TlsInputs.Files(
                tls.remove(TLS_CA),
                certificate == null ? null : Path.of(certificate),
                tlsKey == null ? null : Path.of(tlsKey));
        if (!tls.isEmpty()) {
            throw damaged(name, file, "the line '" + tls.keySet().iterator().next() + "…' means nothing there");
        }
        return new Context(name, address, key == null ? null : Path.of(key), files);
    }

    private static ManagerException absent(String name) {
        return Multiproc.failed("there is no context '" + name + "'. See 'multiproc context list'");
    }

    private static ManagerException damaged(String name, Path file, String why) {
        return Multiproc.failed("the context file " + file + " is damaged: " + why + ". 'multiproc context remove "
                + name + "' removes it");
    }

    /** The name of the one in use. */
    String currentName() throws IOException {
        try {
            String name = Files.readString(inUse).strip();
            if (name.matches(NAME)) {
                return name;
            }
        } catch (CharacterCodingException e) {
            // as any other text that is no name
        } catch (IOException e) {
            if (FileErrors.isAbsent(e)) {
                return DEFAULT;
            }
            throw new IOException("the context in use cannot be read: " + FileErrors.text(e) + REMEDY, e);
        }
        throw Multiproc.failed("the file " + inUse
                + ", which names the context in use, is damaged. 'multiproc context use " + DEFAULT + "' removes it");
    }

    /** The one in use; null for the default. */
    @Nullable
    Context current() throws IOException {
        return get(currentName());
    }

    /** All but the default, by name. What is wrong with those that are no contexts is said one by one. */
    List<Context> all(Consumer<String> faults) throws IOException {
        List<Context> all = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (var files = Files.list(folder)) {
                for (Path file : files.sorted().toList()) {
                    String name = file.getFileName().toString();
                    if (name.startsWith(".")) {
                        continue;
                    }
                    if (!name.matches(NAME) || name.equals(DEFAULT)) {
                        faults.accept("the file " + file + " is no context: its name cannot be one");
                        continue;
                    }
                    try {
                        all.add(read(name, file));
                    } catch (ManagerException | IOException e) {
                        faults.accept(Multiproc.text(e));
                    }
                }
            }
        }
        return all;
    }

    /** Makes one; there must be none of its name. */
    void add(Context context) throws IOException {
        Path file = file(context.name());
        if (context.name().equals(DEFAULT) || Files.exists(file)) {
            throw Multiproc.failed("there is a context '" + context.name()
                    + "' already. Remove it first: 'multiproc context remove " + context.name() + "'");
        }
        Path key = context.authkeyFile();
        // each is a line of the file
        String tls = lines(context.tls());
        String files = tls.replace("\n", "");
        for (Object text : Arrays.asList(context.address(), key == null ? "" : key, files)) {
            if (text.toString().chars().anyMatch(Character::isISOControl)) {
                throw new UsageException("'" + text + "' has control characters, which a context cannot keep");
            }
        }
        write(file, ADDRESS + context.address() + "\n" + (key == null ? "" : FILE + key.toAbsolutePath() + "\n") + tls);
    }

    private static String lines(TlsInputs.Files tls) {
        String ca = tls.ca();
        Path certificate = tls.certificate();
        Path key = tls.key();
        return (ca == null
                        ? ""
                        : TLS_CA + (ca.equals("system") ? ca : Path.of(ca).toAbsolutePath()) + "\n")
                + (certificate == null ? "" : TLS_CERT + certificate.toAbsolutePath() + "\n")
                + (key == null ? "" : TLS_KEY + key.toAbsolutePath() + "\n");
    }

    /** Chooses the one that commands use; the default unchooses. */
    void use(String name) throws IOException {
        if (get(name) == null) {
            try {
                Files.deleteIfExists(inUse);
            } catch (IOException e) {
                if (!FileErrors.isAbsent(e)) {
                    throw new IOException("the context in use cannot be changed: " + FileErrors.text(e) + REMEDY, e);
                }
            }
        } else {
            write(inUse, name + "\n");
        }
    }

    /** Removes one; the default is in use afterwards if that one was. */
    void remove(String name) throws IOException {
        if (name.equals(DEFAULT)) {
            throw new UsageException("the context '" + DEFAULT + "' cannot be removed");
        }
        Path file = file(name);
        // not by its content, which may be damaged
        if (!Files.exists(file)) {
            throw absent(name);
        }
        try {
            if (name.equals(currentName())) {
                Files.delete(inUse);
            }
            Files.delete(file);
        } catch (FileSystemException e) {
            throw new IOException("the context '" + name + "' cannot be removed: " + FileErrors.text(e), e);
        }
    }

    private Path file(String name) {
        if (!name.matches(NAME)) {
            throw new UsageException(
                    "a context is named by up to 64 letters, digits, '.', '_' and '-', not '" + name + "'");
        }
        return folder.resolve(name);
    }

    /** Readers see the old file or the new one. */
    private static void write(Path file, String text) throws IOException {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IOException("no folder for " + file);
        }
        try {
            replace(file, parent, text);
        } catch (FileSystemException e) {
            throw new IOException("cannot write " + file + ": " + FileErrors.text(e) + REMEDY, e);
        }
    }

    private static void replace(Path file, Path parent, String text) throws IOException {
        Files.createDirectories(parent, mode("rwx------"));
        Path draft = parent.resolve(
                "." + file.getFileName() + "-" + ProcessHandle.current().pid());
        try {
            Files.deleteIfExists(draft);
            Files.createFile(draft, mode("rw-------"));
            Files.writeString(draft, text, StandardCharsets.UTF_8);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static FileAttribute<?>[] mode(String permissions) {
        return java.nio.file.FileSystems.getDefault()
                        .supportedFileAttributeViews()
                        .contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
