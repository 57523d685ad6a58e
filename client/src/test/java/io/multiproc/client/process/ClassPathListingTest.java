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
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
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

    private static void jar(Path to, String classPath) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(to), manifest)) {
            out.finish();
        }
    }

    @Test
    void whatAManifestBringsIsListed() throws IOException {
        Path app = work.resolve("app.jar");
        Path library = work.resolve("lib/library.jar");
        Path deeper = work.resolve("lib/deeper.jar");
        Path missing = work.resolve("lib/missing.jar");
        Files.createDirectories(work.resolve("lib"));
        jar(app, "lib/library.jar lib/missing.jar classes/");
        // a circle ends
        jar(library, "deeper.jar ../app.jar");
        Files.writeString(deeper, "one");
        path = app.toString();
        ClassPathListing before = listing();
        assertEquals(before, listing());
        assertEquals(List.of(app), before.entries());
        tick();
        Files.writeString(deeper, "two");
        ClassPathListing changed = listing();
        assertNotEquals(before, changed);
        Files.writeString(missing, "three");
        ClassPathListing more = listing();
        assertNotEquals(changed, more);
        tick();
        Files.writeString(file, "four");
        assertNotEquals(more, listing());
        tick();
        jar(app, "http://127.0.0.1/library.jar");
        assertNull(ClassPathListing.of(path), "what is no file cannot be listed");
    }
}
