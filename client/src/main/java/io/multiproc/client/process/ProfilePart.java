package io.multiproc.client.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The recording of one child, in a folder beside the profile that it is added to when the child has ended. A recording is a sequence of
 * chunks, each complete by itself, so recordings are merged by putting one behind the other.
 */
final class ProfilePart {
    private static final int HEADER = 68;
    private static final int MAGIC = 0x464C5200; // "FLR"
    private static final int SIZE_AT = 8;
    private static final int METADATA_AT = 24;
    private static final int STATE_AT = 64;

    /** The profiles that this program has begun: its monitor is held while one is written. */
    private static final Set<Path> BEGUN = new HashSet<>();

    private static boolean over;

    private final Path profile;
    private final Path folder;

    private ProfilePart(Path profile, Path folder) {
        this.profile = profile;
        this.folder = folder;
    }

    /** Ends with this program what ends with it anyway, in time for its recording to be added. */
    private static final class AtEnd {
        static {
            Runtime.getRuntime().addShutdownHook(new Thread(AtEnd::run, "multiproc-profiles"));
        }

        private static void run() {
            synchronized (BEGUN) {
                over = true;
            }
            Launcher.endReserve();
            Children.endProfiled();
        }

        static void touch() {
            // once is enough
        }
    }

    static ProfilePart begin(Path profile) throws IOException {
        AtEnd.touch();
        synchronized (BEGUN) {
            if (over) {
                throw new IOException("this program is ending");
            }
            Path parent = Objects.requireNonNull(profile.getParent());
            if (!Files.isDirectory(parent)) {
                throw new NoSuchFileException(
                        profile.toString(), null, "the folder of the profile is not there: make it before");
            }
            ProfilePart made =
                    new ProfilePart(profile, Files.createTempDirectory(parent, "." + profile.getFileName() + "."));
            if (BEGUN.add(profile)) {
                Files.deleteIfExists(profile);
            }
            return made;
        }
    }

    /** The flags with which a JVM records. It must not say so on its output, which is the program's. */
    List<String> flags() {
        return List.of(
                "-Xlog:jfr+startup=off",
                "-XX:FlightRecorderOptions:repository=\"" + folder.resolve("repository") + "\"",
                "-XX:StartFlightRecording:filename=\"" + recording() + "\",dumponexit=true,settings=profile");
    }

    private Path recording() {
        return folder.resolve("recording.jfr");
    }

    /** After the end of the child. */
    void end() throws IOException {
        synchronized (BEGUN) {
            List<Path> files = new ArrayList<>();
            if (Files.exists(recording()) && Files.size(recording()) > 0) {
                files.add(recording());
            } else {
                // it was killed: the chunks that it had begun
                try (Stream<Path> all = Files.walk(folder)) {
                    all.filter(f -> f.toString().endsWith(".jfr")).sorted().forEach(files::add);
                }
            }
            try (OutputStream out =
                    Files.newOutputStream(profile, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                for (Path f : files) {
                    append(Files.readAllBytes(f), out);
                }
            }
            forget();
        }
    }

    /** What a reader can make sense of: chunks up to the size that they say. */
    static void append(byte[] recording, OutputStream out) throws IOException {
        ByteBuffer b = ByteBuffer.wrap(recording);
        int at = 0;
        while (recording.length - at >= HEADER && b.getInt(at) == MAGIC) {
            long size = b.getLong(at + SIZE_AT);
            if (size < HEADER || size > recording.length - at || b.getLong(at + METADATA_AT) == 0) {
                return;
            }
            // not being written any more
            b.put(at + STATE_AT, (byte) 0);
            out.write(recording, at, (int) size);
            at += (int) size;
        }
    }

    /** Without adding it. */
    void forget() throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = new ArrayList<>(files.toList());
        }
        Collections.reverse(all);
        for (Path f : all) {
            Files.deleteIfExists(f);
        }
    }
}
