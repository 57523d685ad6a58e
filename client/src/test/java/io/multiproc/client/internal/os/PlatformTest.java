package io.multiproc.client.internal.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other systems, simulated by a folder that looks like theirs. */
class PlatformTest {
    @TempDir
    private Path root;

    private Path temporary;

    @BeforeEach
    void folder() throws IOException {
        temporary = Files.createDirectory(root.resolve("tmp"));
    }

    private Platform system(String name) {
        return new Platform(name, root, temporary, root.resolve("bin") + File.pathSeparator + "");
    }

    private Path program(String name) throws IOException {
        Path file = Files.createDirectories(root.resolve("bin")).resolve(name);
        Files.createFile(file);
        assertTrue(file.toFile().setExecutable(true));
        return file;
    }

    private static void refused(String text, org.junit.jupiter.api.function.Executable call) {
        var e = assertThrows(UnsupportedOperationException.class, call);
        assertTrue(e.getMessage().contains(text), e.getMessage());
    }

    @Test
    void linux() throws IOException {
        Path shm = Files.createDirectories(root.resolve("dev/shm"));
        Files.createDirectories(root.resolve("proc/self"));
        Path shell = program("sh");
        Platform linux = system("Linux");
        assertEquals(shm, linux.sharedFolder());
        assertEquals(root.resolve("proc"), linux.proc());
        assertEquals(shell, linux.shell());
        assertEquals(program("taskset").toString(), linux.require("taskset", "x"));
        assertTrue(linux.isLinux() && !linux.isWindows());
    }

    @Test
    void macOs() throws IOException {
        Platform mac = system("Mac OS X");
        assertEquals(temporary, mac.sharedFolder());
        assertNull(mac.proc());
        program("sh");
        assertEquals(root.resolve("bin/sh"), mac.shell());
        RunningProcess p = new RunningProcess(mac, 1);
        assertNull(p.isStopped());
        refused("memory of a process is read from /proc, which this system (Mac OS X) does not have", p::memory);
        refused("the affinity of a running process", p::affinity);
        refused("the affinity of a running process", () -> p.affinity(List.of(0)));
        refused("the niceness of a running process", () -> p.niceness(1));
        refused("x needs the program taskset", () -> mac.require("taskset", "x"));
    }

    @Test
    void windows() throws IOException {
        // what may be there in a disguise
        program("sh");
        Files.createDirectories(root.resolve("dev/shm"));
        Files.createDirectories(root.resolve("proc/self"));
        Platform windows = system("Windows 11");
        assertTrue(windows.isWindows());
        assertFalse(windows.isLinux());
        assertEquals(temporary, windows.sharedFolder());
        assertNull(windows.proc());
        assertNull(windows.shell());
        assertEquals(program("git.exe"), windows.program("git"));
        refused("a signal, which this system (Windows 11) does not have", () -> new RunningProcess(windows, 1)
                .stop(true));
    }

    @Test
    void aLinuxWithoutProc() {
        Platform bare = system("Linux");
        assertNull(bare.proc());
        assertEquals(temporary, bare.sharedFolder());
        refused("/proc", () -> new RunningProcess(bare, 1).niceness());
    }

    @Test
    void whatProcSays() throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        Path folder = Files.createDirectories(root.resolve("proc/42"));
        Files.writeString(folder.resolve("stat"), "42 (a) b)) T 1 2 3 4 5 6 7 8 9 10 11 12 13 14 20 -7 30 0\n");
        Files.writeString(
                folder.resolve("status"),
                "Name:\tjava\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\nCpus_allowed_list:\t0,2-4,7\n");
        RunningProcess p = new RunningProcess(system("Linux"), 42);
        assertEquals(List.of(0, 2, 3, 4, 7), p.affinity());
        assertEquals(-7, p.niceness());
        assertEquals(true, p.isStopped());
        assertEquals(1 << 20, p.memory()[0]);
        assertEquals(2 << 20, p.memory()[1]);
        RunningProcess gone = new RunningProcess(system("Linux"), 43);
        assertThrows(IllegalStateException.class, gone::memory);
    }
}
