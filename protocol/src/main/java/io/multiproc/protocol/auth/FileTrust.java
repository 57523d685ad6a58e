package io.multiproc.protocol.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The check whether only this user and root can change or replace a file, as OpenSSH's strict modes demand it: each of them owns the file and every folder above it, and nobody else may
 * write to these. A folder in which everybody may write, but remove nothing of others (with the sticky bit, as {@code /tmp}), will do, and so will one in which the user's own
 * group may write: the group with the user's number, which has no other member by the custom of distributions that give each user a group. Kubernetes gives a volume to root and the pod's
 * group. Systems without owners and modes pass.
 */
public final class FileTrust {
    private static final int ROOT = 0;
    private static final int GROUP_WRITES = 020;
    private static final int OTHERS_WRITE = 02;
    private static final int STICKY = 01000;

    private FileTrust() {}

    /** Of this process; -1 where the system has none. */
    private static final class Own {
        static final int UID = find();

        private static int find() {
            try {
                Path process = Path.of("/proc/self");
                if (Files.exists(process)) {
                    return uid(process);
                }
                Path made = Files.createTempFile("multiproc", ".uid");
                try {
                    return uid(made);
                } finally {
                    Files.deleteIfExists(made);
                }
            } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
                return -1;
            }
        }

        private static int uid(Path path) throws IOException {
            return (Integer) Files.getAttribute(path, "unix:uid");
        }
    }

    /**
     * What is wrong with a file or folder, as a sentence that says what to do; null if nothing is, or if it is not there.
     *
     * @throws IOException if that cannot be found out
     */
    public static @Nullable String fault(Path file) throws IOException {
        return fault(file, Own.UID);
    }

    static @Nullable String fault(Path file, int user) throws IOException {
        if (user < 0) {
            return null;
        }
        Path path;
        try {
            path = file.toRealPath();
        } catch (NoSuchFileException e) {
            return null;
        }
        boolean first = true;
        for (Path at = path; at != null; at = at.getParent()) {
            Map<String, Object> found;
            try {
                found = Files.readAttributes(at, "unix:uid,gid,mode,isDirectory");
            } catch (UnsupportedOperationException | IllegalArgumentException e) {
                return null; // a file system without owners
            }
            int owner = number(found, "uid");
            int mode = number(found, "mode");
            boolean isFolder = Boolean.TRUE.equals(found.get("isDirectory"));
            boolean isOwnGroups = isFolder && user != ROOT && number(found, "gid") == user;
            String what = isFolder ? "folder " : "file ";
            String why = first ? "" : ", which is above " + path + ",";
            if (owner != ROOT && owner != user) {
                return what + at + why + " belongs to user " + owner + ", who could change it: run chown " + user + " "
                        + at + ", or name another file";
            }
            int writers = isOwnGroups ? OTHERS_WRITE : OTHERS_WRITE | GROUP_WRITES;
            if ((mode & writers) != 0 && (mode & STICKY) == 0) {
                return what + at + why + " can be written by other users: run chmod go-w " + at;
            }
            first = false;
        }
        return null;
    }

    private static int number(Map<String, Object> attributes, String name) {
        return (Integer) Objects.requireNonNull(attributes.get(name), name);
    }
}
