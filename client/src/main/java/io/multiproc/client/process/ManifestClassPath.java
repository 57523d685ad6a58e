package io.multiproc.client.process;

import java.io.IOException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;

/** What the manifest of a jar puts on the class path too: its {@code Class-Path}. */
final class ManifestClassPath {
    private record Known(String stamp, List<Path> brought) {}

    private static final Map<Path, Known> KNOWN = new HashMap<>();

    private ManifestClassPath() {}

    /** As {@link #of(Path)}, read once as long as a stamp that tells the file's changes is the same. */
    static synchronized List<Path> of(Path jar, String stamp) throws IOException {
        Known known = KNOWN.get(jar);
        if (known == null || !known.stamp().equals(stamp)) {
            known = new Known(stamp, of(jar));
            KNOWN.put(jar, known);
        }
        return known.brought();
    }

    /**
     * Jars and folders, as absolute paths; they need not exist.
     *
     * @throws IOException if it names what is no file, or cannot be read
     */
    static List<Path> of(Path jar) throws IOException {
        String words = null;
        try (JarFile f = new JarFile(jar.toFile(), false)) {
            Manifest manifest = f.getManifest();
            words = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
        } catch (ZipException e) {
            // no jar: a JVM finds nothing in it either
        }
        List<Path> brought = new ArrayList<>();
        if (words != null && !words.isBlank()) {
            for (String word : words.trim().split("\\s+")) {
                try {
                    brought.add(
                            Path.of(jar.toUri().resolve(word)).toAbsolutePath().normalize());
                } catch (IllegalArgumentException | FileSystemNotFoundException e) {
                    throw new IOException("the manifest of " + jar + " names " + word, e);
                }
            }
        }
        return brought;
    }
}
