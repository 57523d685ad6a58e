package io.multiproc.client.process;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The program that writes a {@link ClassDataArchive}: a JVM of its own in the background, with the lowest priority, which outlives the program that wants it. It waits until the
 * class path is settled, packs its folders, has a JVM in a training run write the archive, and looks whether the class path is still the same.
 * Each file is written under another name and renamed; the note comes last.
 *
 * <p>One writes at a time. Should two do so they write the same: files of the same length and time. What cannot have an archive gets a note that says so.
 */
final class ArchiveWriter {
    /** The first argument of the JVM that does this, and of the one that writes the archive as it ends. */
    static final String ARGUMENT = "write-archive";

    static final String TRAINING = "archive";

    private static final String WRITING = ".writing";
    private static final String CLASS_PATH = "@class-path";
    private static final String ARCHIVE = "@archive";
    private static final int KEPT = 8;
    private static final Duration OLD = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private ArchiveWriter() {}

    /** Starts the program for an archive of this JVM's class path; returns at once. */
    static void start(Path folder, String name, String more) throws IOException {
        ClassDataArchive.prepare(folder);
        if (!mark(folder.resolve(name + WRITING))) {
            return;
        }
        List<String> flags = new ArrayList<>(ClassDataArchive.QUIET);
        flags.add((ClassDataArchive.aheadOfTime() ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + ARCHIVE);
        List<String> dump = Launcher.withClassPath(Launcher.java(flags), CLASS_PATH);
        dump.add(TRAINING);
        dump.addAll(Launcher.homes());
        List<String> command = new ArrayList<>(
                List.of("/bin/sh", "-c", "command -v nice >/dev/null && exec nice -n 19 \"$@\"; exec \"$@\"", "sh"));
        command.addAll(Launcher.java(List.of("-XX:TieredStopAtLevel=1")));
        command.addAll(List.of(ARGUMENT, folder.toString(), name, more));
        command.addAll(dump);
        Process p = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        p.getOutputStream().close();
    }

    /** Many programs may start before there is an archive: one writes it. The mark of one that was killed counts for a while. */
    private static boolean mark(Path mark) throws IOException {
        if (Files.exists(mark) && age(mark).toInstant().isBefore(Instant.now().minus(OLD))) {
            delete(mark);
        }
        try {
            Files.createFile(mark);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Arguments: this program's, the folder, the archive's name, what its key was made with, and the command that writes one. */
    static void run(List<String> arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments.get(1));
        String name = arguments.get(2);
        Path mark = folder.resolve(name + WRITING);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(mark), "multiproc-archive-mark"));
        ClassPathListing listing = settled();
        if (listing == null || !listing.key(arguments.get(3)).equals(name)) {
            return;
        }
        Path part = folder.resolve(name + "." + ProcessHandle.current().pid() + ".part");
        Thread cleaning = new Thread(
                () -> {
                    delete(part);
                    // an ahead-of-time cache is made from it
                    delete(part.resolveSibling(part.getFileName() + ".config"));
                },
                "multiproc-archive-part");
        Runtime.getRuntime().addShutdownHook(cleaning);
        Packing packing = new Packing(folder, name, part);
        String note = "none\n";
        String classPath = packing.pack(listing.entries());
        if (classPath != null && dump(arguments.subList(4, arguments.size()), packing.dumped(), part)) {
            Path archive = folder.resolve(name + (ClassDataArchive.aheadOfTime() ? ".aot" : ".jsa"));
            Files.move(part, archive, StandardCopyOption.ATOMIC_MOVE);
            List<Path> files = new ArrayList<>(List.of(archive));
            files.addAll(packing.jars());
            note = ClassDataArchive.note(classPath, files);
        }
        if (listing.equals(ClassPathListing.of(System.getProperty("java.class.path")))) {
            Files.writeString(part, note, StandardCharsets.UTF_8);
            // first: who finds the note to be of no use may have another one written
            delete(mark);
            Files.move(part, folder.resolve(name + ".use"), StandardCopyOption.ATOMIC_MOVE);
        }
        prune(folder);
    }

    private static @Nullable ClassPathListing settled() throws InterruptedException {
        String classes = System.getProperty("java.class.path");
        long begun = System.nanoTime();
        ClassPathListing listing = ClassPathListing.of(classes);
        while (listing != null && !listing.isSettled() && System.nanoTime() - begun < PATIENCE.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(Math.max(1, listing.unsettled().toMillis()));
            listing = ClassPathListing.of(classes);
        }
        return listing != null && listing.isSettled() ? listing : null;
    }

    private static boolean dump(List<String> template, String classPath, Path archive)
            throws IOException, InterruptedException {
        List<String> command = template.stream()
                .map(w -> w.equals(CLASS_PATH) ? classPath : w.replace(ARCHIVE, archive.toString()))
                .toList();
        Process p = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        p.getOutputStream().close();
        if (!p.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            p.descendants().forEach(ProcessHandle::destroyForcibly);
            boolean ignored = p.toHandle().destroyForcibly();
            return false;
        }
        return p.exitValue() == 0 && Files.isRegularFile(archive) && Files.size(archive) > 0;
    }

    private static void delete(Path file) {
        try {
            boolean ignored = Files.deleteIfExists(file);
        } catch (IOException e) {
            // a later one does, when it is old
        }
    }

    /** Keeps the newest; removes what belongs to none, and what was never finished. */
    private static void prune(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.list(folder)) {
            all = new ArrayList<>(files.filter(Files::isRegularFile).toList());
        }
        all.sort(Comparator.comparing(ArchiveWriter::age).reversed());
        Set<String> kept = new HashSet<>();
        for (Path f : all) {
            if (f.toString().endsWith(".use") && kept.size() < KEPT) {
                kept.add(name(f));
            }
        }
        Instant old = Instant.now().minus(OLD);
        for (Path f : all) {
            boolean stale = f.toString().endsWith(".use") || age(f).toInstant().isBefore(old);
            if (!kept.contains(name(f)) && stale
                    || f.toString().contains(".part") && age(f).toInstant().isBefore(old)) {
                delete(f);
            }
        }
    }

    private static String name(Path file) {
        String text = String.valueOf(file.getFileName());
        return text.substring(0, text.indexOf('.') < 0 ? text.length() : text.indexOf('.'));
    }

    private static FileTime age(Path f) {
        try {
            return Files.getLastModifiedTime(f);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    /** The jars that take the places of folders: of their classes. Other files stay in the folders, which then stand last. */
    private static final class Packing {
        private final Path folder;
        private final String name;
        private final Path part;
        private final List<Path> jars = new ArrayList<>();
        private final List<Path> path = new ArrayList<>();

        Packing(Path folder, String name, Path part) {
            this.folder = folder;
            this.name = name;
            this.part = part;
        }

        List<Path> jars() {
            return jars;
        }

        /** The class path that the archive is written with: without the folders that stand last. */
        String dumped() {
            return ClassDataArchive.joined(path);
        }

        /** The class path of children; null if files of a folder would be found elsewhere than before, or a jar brings others that were not listed. */
        @Nullable
        String pack(List<Path> entries) throws IOException {
            List<Path> last = new ArrayList<>();
            Set<String> resources = new HashSet<>();
            for (Path entry : entries) {
                if (!Files.isDirectory(entry)) {
                    if (hidesOrBrings(entry, resources, entries)) {
                        return null;
                    }
                    path.add(entry);
                    continue;
                }
                List<Path> classes = new ArrayList<>();
                boolean others = false;
                try (Stream<Path> files = Files.walk(entry, FileVisitOption.FOLLOW_LINKS)) {
                    for (Path f : files.filter(Files::isRegularFile).sorted().toList()) {
                        if (f.toString().endsWith(".class")) {
                            classes.add(f);
                        } else {
                            others = true;
                            resources.add(inJar(entry, f));
                        }
                    }
                }
                if (!classes.isEmpty()) {
                    path.add(jar(entry, classes));
                }
                if (others) {
                    last.add(entry);
                }
            }
            List<Path> all = new ArrayList<>(path);
            all.addAll(last);
            return ClassDataArchive.joined(all);
        }

        private static String inJar(Path folder, Path file) {
            return folder.relativize(file).toString().replace(File.separatorChar, '/');
        }

        private static boolean hidesOrBrings(Path jar, Set<String> resources, List<Path> listed) throws IOException {
            if (ManifestClassPath.of(jar).stream().anyMatch(other -> Files.exists(other) && !listed.contains(other))) {
                return true;
            }
            try (JarFile f = new JarFile(jar.toFile(), false)) {
                return resources.stream().anyMatch(r -> f.getEntry(r) != null);
            }
        }

        /** The same bytes and time whoever writes it: the JVM compares both with those that the archive was written with. */
        private Path jar(Path entry, List<Path> classes) throws IOException {
            Path to = folder.resolve(String.format(Locale.ROOT, "%s.%d.jar", name, jars.size()));
            FileTime time = FileTime.fromMillis(0);
            try (OutputStream out = Files.newOutputStream(part);
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                zip.setMethod(ZipOutputStream.STORED);
                for (Path f : classes) {
                    byte[] bytes = Files.readAllBytes(f);
                    FileTime of =
                            FileTime.fromMillis(Files.getLastModifiedTime(f).toMillis() / 2_000 * 2_000);
                    time = of.compareTo(time) > 0 ? of : time;
                    CRC32 crc = new CRC32();
                    crc.update(bytes);
                    ZipEntry e = new ZipEntry(inJar(entry, f));
                    e.setSize(bytes.length);
                    e.setCrc(crc.getValue());
                    e.setLastModifiedTime(of);
                    zip.putNextEntry(e);
                    zip.write(bytes);
                    zip.closeEntry();
                }
            }
            Files.setLastModifiedTime(part, time);
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
            jars.add(to);
            return to;
        }
    }
}
