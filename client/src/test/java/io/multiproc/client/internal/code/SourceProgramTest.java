package io.multiproc.client.internal.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SourceProgramTest {
    private static final SourceCompiler JAVAC = SourceCompiler.system();

    @TempDir
    Path folder;

    private Path program(String name, String text) throws Exception {
        Path file = folder.resolve("sources").resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void compiledOnce() throws Exception {
        Path cache = folder.resolve("cache");
        Path file = program("A.java", "// package no;\nclass A { Runnable r = () -> {}; }");
        Path classes = SourceProgram.compiled(file, cache, JAVAC, false);
        assertTrue(Files.exists(classes.resolve("A.class")));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(classes)));
        assertEquals(classes, SourceProgram.compiled(file, cache, null, false), "no compiler is needed again");
        program("A.java", "class A { int changed; }");
        assertNotEquals(classes, SourceProgram.compiled(file, cache, JAVAC, false));
        try (var all = Files.list(cache)) {
            assertEquals(2, all.count());
        }
    }

    @Test
    void aProgramOfSeveralFiles() throws Exception {
        Path file = program("p/q/A.java", "/* package x; */ package p.q;\nclass A { B b = new p.r.C(); }");
        program("p/q/B.java", "package p.q; public class B {}");
        program("p/r/C.java", "package p.r; public class C extends p.q.B {}");
        Path classes = SourceProgram.compiled(file, folder.resolve("cache"), JAVAC, true);
        for (String name : List.of("p/q/A", "p/q/B", "p/r/C")) {
            assertTrue(Files.exists(classes.resolve(name + ".class")), name);
        }
        assertThrows(
                IllegalStateException.class,
                () -> SourceProgram.compiled(file, folder.resolve("cache"), JAVAC, false),
                "a program of one file");
    }

    @Test
    void aFolderThatOthersWriteIsNotUsed() throws Exception {
        Path cache = folder.resolve("cache");
        Path file = program("A.java", "class A {}");
        Path classes = SourceProgram.compiled(file, cache, JAVAC, false);
        Files.setPosixFilePermissions(classes, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path other = SourceProgram.compiled(file, cache, JAVAC, false);
        assertNotEquals(classes, other);
        assertTrue(Files.exists(other.resolve("A.class")));
    }

    @Test
    void whatIsMissingIsSaid() throws Exception {
        Path file = program("A.java", "class A {}");
        Throwable none = assertThrows(
                IllegalStateException.class, () -> SourceProgram.compiled(file, folder.resolve("cache"), null, false));
        assertTrue(String.valueOf(none.getMessage()).contains("no compiler"), none.getMessage());
        Path wrong = program("B.java", "class B extends Nothing {}");
        Throwable errors = assertThrows(
                IllegalStateException.class,
                () -> SourceProgram.compiled(wrong, folder.resolve("cache"), JAVAC, false));
        assertTrue(String.valueOf(errors.getMessage()).contains("Nothing"), errors.getMessage());
        assertFalse(SourceProgram.isRunning());
    }
}
