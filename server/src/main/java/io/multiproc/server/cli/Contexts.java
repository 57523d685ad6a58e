package io.multiproc.server.cli;

import io.multiproc.client.Authkeys;
import io.multiproc.client.ManagerOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The user's contexts: names for managers, each with an address and the path of a key file, never a key. They are files in the folder {@code
 * contexts} of the user's own, mode 0600; the file {@code context} beside it names the one in use. {@value #DEFAULT} is none of them: the usual address
 * and the key that is found.
 */
final class Contexts {
    static final String DEFAULT = "default";

    private static final String ADDRESS = "address=";
    private static final String FILE = "authkey-file=";

    /** A context. */
    record Context(String name, String address, @Nullable Path authkeyFile) {}

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
        Path file = file(name);
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw Multiproc.failed("there is no context '" + name + "'. See 'multiproc context list'");
        }
        String address = ManagerOptions.DEFAULT_ADDRESS;
        Path key = null;
        for (String line : lines) {
            if (line.startsWith(ADDRESS)) {
                address = line.substring(ADDRESS.length());
            } else if (line.startsWith(FILE)) {
                key = Path.of(line.substring(FILE.length()));
            }
        }
        return new Context(name, address, key);
    }

    /** The name of the one in use. */
    String currentName() throws IOException {
        try {
            String name = Files.readString(inUse).strip();
            return name.isEmpty() ? DEFAULT : name;
        } catch (NoSuchFileException e) {
            return DEFAULT;
        }
    }

    /** The one in use; null for the default. */
    @Nullable
    Context current() throws IOException {
        return get(currentName());
    }

    /** All but the default, by name. */
    List<Context> all() throws IOException {
        List<Context> all = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (var files = Files.list(folder)) {
                for (Path file : files.sorted().toList()) {
                    String name = file.getFileName().toString();
                    Context context = name.startsWith(".") ? null : get(name);
                    if (context != null) {
                        all.add(context);
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
        write(file, ADDRESS + context.address() + "\n" + (key == null ? "" : FILE + key.toAbsolutePath() + "\n"));
    }

    /** Chooses the one that commands use; the default unchooses. */
    void use(String name) throws IOException {
        if (get(name) == null) {
            Files.deleteIfExists(inUse);
        } else {
            write(inUse, name + "\n");
        }
    }

    /** Removes one; the default is in use afterwards if that one was. */
    void remove(String name) throws IOException {
        if (get(name) == null) {
            throw new UsageException("the context '" + DEFAULT + "' cannot be removed");
        }
        if (name.equals(currentName())) {
            Files.delete(inUse);
        }
        Files.delete(file(name));
    }

    private Path file(String name) {
        if (!name.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")) {
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
        Files.createDirectories(parent, mode("rwx------"));
        Path draft = parent.resolve(
                "." + file.getFileName() + "-" + ProcessHandle.current().pid());
        try {
            Files.deleteIfExists(draft);
            Files.createFile(draft, mode("rw-------"));
            Files.writeString(draft, text, StandardCharsets.UTF_8);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("another command writes " + file + " at this moment", e);
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
