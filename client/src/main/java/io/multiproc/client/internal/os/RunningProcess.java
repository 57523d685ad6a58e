package io.multiproc.client.internal.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A process that runs, as the system knows it: what it tells of the process, and does to it. */
public final class RunningProcess {
    private static final int MAX_SAID = 1 << 12;
    private static final int STATE = 0;
    private static final int NICE = 16;
    private static final long KIB = 1024;
    private static final long PATIENCE_NANOS = 1_000_000_000;
    private static final long LOOK_NANOS = 200_000;

    private final Platform platform;
    private final long pid;

    public RunningProcess(Platform platform, long pid) {
        this.platform = platform;
        this.pid = pid;
    }

    // ---- what it tells

    /** Bytes of memory that it has now, and had at most. */
    public long[] memory() {
        String status = read("memory of a process", "status");
        return new long[] {kib(status, "VmRSS:") * KIB, kib(status, "VmHWM:") * KIB};
    }

    private static long kib(String status, String key) {
        String value = line(status, key);
        // of one that has ended, and that nobody has asked for its exit code
        return value == null ? 0 : Long.parseLong(value.replace(" kB", ""));
    }

    /** The numbers of the processors that it may run on. */
    public List<Integer> affinity() {
        String list = line(read("the affinity of a running process", "status"), "Cpus_allowed_list:");
        List<Integer> all = new ArrayList<>();
        for (String part : list == null || list.isEmpty() ? new String[0] : list.split(",")) {
            int dash = part.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(part.substring(dash + 1));
            for (int i = first; i <= last; i++) {
                all.add(i);
            }
        }
        return all;
    }

    public int niceness() {
        return Integer.parseInt(stat("the niceness of a running process")[NICE]);
    }

    /** Whether it was stopped by a signal; null where the system does not tell. */
    public @Nullable Boolean isStopped() {
        return platform.proc() == null ? null : stat("the state of a process")[STATE].equals("T");
    }

    /** What comes behind the name, which may have blanks and brackets. */
    private String[] stat(String what) {
        String stat = read(what, "stat");
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }

    private static @Nullable String line(String status, String key) {
        return status.lines()
                .filter(l -> l.startsWith(key))
                .map(l -> l.substring(key.length()).strip())
                .findFirst()
                .orElse(null);
    }

    private Path folder(String what) {
        Path proc = platform.proc();
        if (proc == null) {
            throw new UnsupportedOperationException(
                    what + " is read from /proc, which this system (" + platform.name() + ") does not have");
        }
        return proc.resolve(Long.toString(pid));
    }

    private String read(String what, String file) {
        Path folder = folder(what);
        try {
            return Files.readString(folder.resolve(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalStateException("process " + pid + " has ended", e);
        }
    }

    private List<Long> threads(String what) {
        try (Stream<Path> all = Files.list(folder(what).resolve("task"))) {
            return all.map(p -> Long.parseLong(p.getFileName().toString())).toList();
        } catch (IOException e) {
            throw new IllegalStateException("process " + pid + " has ended", e);
        }
    }

    // ---- what is done to it

    /** Stops all of its threads, or lets them go on. Returns when that is so, where the system tells: a signal takes effect a moment later. */
    public void stop(boolean on) {
        signal(on);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        try {
            Boolean stopped = isStopped();
            while (stopped != null && stopped != on && System.nanoTime() - deadline < 0) {
                LockSupport.parkNanos(LOOK_NANOS);
                stopped = isStopped();
            }
        } catch (IllegalStateException e) {
            // it has ended meanwhile
        }
    }

    private void signal(boolean on) {
        ForeignCalls calls = ForeignCalls.get();
        if (calls != null && !platform.isWindows()) {
            calls.kill(pid, on ? "STOP" : "CONT", platform.isLinux());
            return;
        }
        Path shell = platform.shell();
        if (shell == null) {
            throw new UnsupportedOperationException(
                    "a process is paused by a signal, which this system (" + platform.name() + ") does not have");
        }
        run(List.of(shell.toString(), "-c", "kill -" + (on ? "STOP" : "CONT") + " " + pid));
    }

    public void affinity(List<Integer> processors) {
        String what = "the affinity of a running process";
        ForeignCalls calls = ForeignCalls.get();
        if (calls == null) {
            Path ignored = folder(what);
            String list = processors.stream().map(String::valueOf).collect(Collectors.joining(","));
            run(List.of(platform.require("taskset", what), "-a", "-p", "-c", list, Long.toString(pid)));
            return;
        }
        TreeSet<Long> done = new TreeSet<>();
        for (int i = 0; i < 2; i++) {
            for (long thread : threads(what)) {
                if (done.add(thread)) {
                    calls.affinity(thread, processors);
                }
            }
        }
    }

    public void niceness(int value) {
        String what = "the niceness of a running process";
        ForeignCalls calls = ForeignCalls.get();
        TreeSet<Long> done = new TreeSet<>();
        for (int i = 0; i < 2; i++) {
            List<Long> fresh = threads(what).stream().filter(done::add).toList();
            if (calls != null) {
                fresh.forEach(t -> calls.niceness(t, value));
            } else if (!fresh.isEmpty()) {
                List<String> command =
                        new ArrayList<>(List.of(platform.require("renice", what), Integer.toString(value), "-p"));
                fresh.forEach(t -> command.add(Long.toString(t)));
                run(command);
            }
        }
    }

    private void run(List<String> command) {
        try {
            Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
            p.getOutputStream().close();
            String said = new String(p.getInputStream().readNBytes(MAX_SAID), StandardCharsets.UTF_8).strip();
            boolean interrupted = false;
            while (true) {
                try {
                    if (p.waitFor() != 0 && isThere()) {
                        throw new IllegalStateException("the system refused it for process " + pid + ": " + said);
                    }
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A thread that has ended meanwhile is no failure. */
    private boolean isThere() {
        return ProcessHandle.of(pid).isPresent();
    }
}
