package io.multiproc.protocol.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and folders that others own or may write to. */
class FileTrustTest {
    private static final int SOMEBODY = 1_234_567;

    @TempDir
    Path top;

    private Path folder;
    private Path file;

    @BeforeEach
    void make() throws IOException {
        folder = Files.createDirectory(top.resolve("folder"));
        file = Files.writeString(folder.resolve("key"), "secret");
        mode(folder, "rwxr-xr-x");
        mode(file, "rw-r--r--");
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static void assertFault(Path path, String... words) throws IOException {
        String fault = FileTrust.fault(path);
        assertNotNull(fault);
        for (String word : words) {
            assertTrue(fault.contains(word), fault);
        }
    }

    @Test
    void whatOnlyTheUserMayChangeIsTrusted() throws IOException {
        assertNull(FileTrust.fault(file));
        assertNull(FileTrust.fault(folder));
        assertNull(FileTrust.fault(folder.resolve("absent")), "is somebody else's error");
    }

    @Test
    void whatOthersMayWriteIsNot() throws IOException {
        for (String mode : List.of("rw--w----", "rw-----w-", "rw-rw-rw-")) {
            mode(file, mode);
            assertFault(file, file.toString(), "chmod go-w");
        }
        mode(file, "rw-------");
        mode(folder, "rwxr-xrwx");
        assertFault(file, "folder " + folder, "above", "chmod go-w " + folder);
        assertFault(folder, "folder " + folder);
    }

    /** What a volume of Kubernetes looks like, and a folder of a user whose umask is 002. */
    @Test
    void aFolderMayBeWrittenByTheUsersOwnGroup() throws IOException {
        int group = (Integer) Files.getAttribute(folder, "unix:gid");
        mode(folder, "rwxrwxr-x");
        if ((Integer) Files.getAttribute(folder, "unix:uid") == 0) {
            Files.setAttribute(folder, "unix:gid", SOMEBODY);
            assertNull(FileTrust.fault(folder, SOMEBODY));
            assertNull(FileTrust.fault(file, SOMEBODY), "a file in it");
            assertFault(folder, "chmod go-w"); // root's own group is none of these
            mode(folder, "rwxrwxrwx");
            assertNotNull(FileTrust.fault(folder, SOMEBODY), "others, too");
            mode(folder, "rwxr-xr-x");
            Files.setAttribute(file, "unix:gid", SOMEBODY);
            mode(file, "rw-rw----");
            assertNotNull(FileTrust.fault(file, SOMEBODY), "no file");
        } else {
            int user = (Integer) Files.getAttribute(folder, "unix:uid");
            assertEquals(group == user, FileTrust.fault(folder) == null);
        }
    }

    @Test
    void aStickyFolderLetsNobodyReplaceAnothersFile() throws IOException {
        mode(folder, "rwxrwxrwx");
        assertFault(file, folder.toString());
        Files.setAttribute(folder, "unix:mode", 01777);
        assertNull(FileTrust.fault(file));
    }

    @Test
    void whatAnotherUserOwnsIsNot() throws IOException {
        int mine = (Integer) Files.getAttribute(file, "unix:uid");
        assertNull(FileTrust.fault(file, mine));
        String fault = FileTrust.fault(file, SOMEBODY);
        if (mine == 0) {
            // what root owns is everybody's friend: look at one that root gives away
            assertNull(fault);
            Files.setAttribute(file, "unix:uid", SOMEBODY);
            fault = FileTrust.fault(file, mine);
            assertNull(FileTrust.fault(file, SOMEBODY));
        }
        assertNotNull(fault);
        assertTrue(fault.contains("belongs to user ") && fault.contains("chown"), fault);
    }

    @Test
    void aLinkIsAsGoodAsWhatItNames() throws IOException {
        Path link = Files.createSymbolicLink(top.resolve("link"), file);
        assertNull(FileTrust.fault(link));
        mode(file, "rw-rw----");
        assertFault(link, file.toString());
        assertEquals(FileTrust.fault(file), FileTrust.fault(link));
    }
}
