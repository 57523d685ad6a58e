package io.multiproc.client.process;

import static org.junit.jupiter.api.Assertions.*;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ClassPathListingTest {
    @TempDir
    Path work;

    private Path file;
    private String path;

    @BeforeEach
    void files() throws IOException {
        Path folder = Files.createDirectories(work.resolve("classes/a"));
        file = Files.writeString(folder.resolve("A.class"), "one");
        Path jar = Files.writeString(work.resolve("lib.jar"), "jar");
        path = folder.getParent() + File.pathSeparator + jar;
    }

    private ClassPathListing listing() {
        return Objects.requireNonNull(ClassPathListing.of(path));
    }

    /** A tick of the file system's clock: what is written after it has another time. */
    private void tick() throws IOException {
        Path clock = work.resolve("clock");
        Object before = Files.getAttribute(Files.writeString(clock, "0"), "unix:ctime");
        while (before.equals(Files.getAttribute(Files.writeString(clock, "1"), "unix:ctime"))) {
            Thread.onSpinWait();
        }
    }

    @Test
    void isTheSameAsLongAsNothingChanges() {
        assertEquals(listing(), listing());
        assertEquals(listing().hashCode(), listing().hashCode());
        assertEquals(listing().key("x"), listing().key("x"));
        assertNotEquals(listing().key("x"), listing().key("y"));
        assertEquals(
                List.of(work.resolve("classes"), work.resolve("lib.jar")),
                listing().entries());
    }

    @Test
    void changesThatKeepLengthAndTime() throws IOException {
        ClassPathListing before = listing();
        FileTime time = Files.getLastModifiedTime(file);
        tick();
        Files.writeString(file, "two");
        Files.setLastModifiedTime(file, time);
        ClassPathListing written = listing();
        assertNotEquals(before, written);
        assertNotEquals(before.key(""), written.key(""));
        Path other = Files.writeString(work.resolve("other"), "two");
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertNotEquals(written, listing());
    }

    @Test
    void filesThatComeAndGo() throws IOException {
        ClassPathListing before = listing();
        Path more = Files.writeString(file.resolveSibling("B.class"), "b");
        assertNotEquals(before, listing());
        Files.delete(more);
        assertEquals(before, listing());
        Files.delete(work.resolve("lib.jar"));
        assertNull(ClassPathListing.of(path), "what is missing may come");
    }

    @Test
    void isSettledSomeTimeAfterTheLastChange() {
        assertTrue(listing().unsettled().compareTo(ClassPathListing.SETTLING) <= 0);
        // the JDK's own files were not changed just now
        String modules =
                Path.of(System.getProperty("java.home"), "lib", "modules").toString();
        ClassPathListing old = Objects.requireNonNull(ClassPathListing.of(modules));
        assertTrue(old.isSettled());
    }
}
