package io.multiproc.client.process;

import io.multiproc.client.LockInfo;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.internal.os.Platform;
import io.multiproc.client.internal.os.RunningProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A child that was started, as its parent asks, stops and interrupts it. Thread-safe. */
final class RunningChild {
    private static final long ANSWER_MILLIS = 1_000;
    /** Of these, a manager knows who waits for which. */
    private static final Set<String> LOCKS = Set.of("LockProxy", "SemaphoreProxy", "ReadWriteLockProxy");

    private final String name;
    private final ChildJvm jvm;
    private final @Nullable Manager shared;
    private volatile boolean paused;
    private @Nullable CompletableFuture<String> asked;

    /** @param shared the manager that both use, or null */
    RunningChild(String name, ChildJvm jvm, @Nullable Manager shared) {
        this.name = name;
        this.jvm = jvm;
        this.shared = shared;
    }

    ChildJvm jvm() {
        return jvm;
    }

    Process process() {
        return jvm.process();
    }

    /**
     * What the system lets others do with it.
     *
     * @throws IllegalStateException if it has ended
     */
    RunningProcess system() {
        if (!process().isAlive()) {
            throw new IllegalStateException(name + " has ended");
        }
        return new RunningProcess(Platform.current(), process().pid());
    }

    void stop(boolean on) {
        system().stop(on);
        paused = on;
    }

    boolean isPaused() {
        if (!process().isAlive()) {
            return false;
        }
        try {
            Boolean stopped = system().isStopped();
            return stopped == null ? paused : stopped;
        } catch (IllegalStateException e) {
            // it has just ended
            return false;
        }
    }

    OptionalInt exitCode() {
        if (process().isAlive()) {
            return OptionalInt.empty();
        }
        int code = process().exitValue();
        return OptionalInt.of(code > 128 && code < 160 ? 128 - code : code);
    }

    void interrupt() {
        say(new byte[] {ChildControl.INTERRUPT});
    }

    private void say(byte[] words) {
        OutputStream out = process().getOutputStream();
        synchronized (out) {
            try {
                out.write(words);
                out.flush();
            } catch (IOException e) {
                // it has ended
            }
        }
    }

    ProcessState state() {
        if (isPaused()) {
            return ProcessState.of(ProcessState.Kind.PAUSED);
        }
        String waiting = process().isAlive() ? ask() : "";
        if (!process().isAlive()) {
            return ProcessState.of(ProcessState.Kind.TERMINATED);
        }
        return waiting.isEmpty()
                ? ProcessState.of(ProcessState.Kind.RUNNING)
                : new ProcessState(ProcessState.Kind.WAITING, waiting + lock(waiting));
    }

    private String ask() {
        try {
            CompletableFuture<String> answer;
            synchronized (this) {
                CompletableFuture<String> open = asked;
                if (open == null || open.isDone()) {
                    // at most one question is on its way: a child that does not read them must not fill its pipe
                    open = question();
                    asked = open;
                }
                answer = open;
            }
            return answer.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (IOException | ExecutionException | TimeoutException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private CompletableFuture<String> question() throws IOException {
        String token = FailureReports.token();
        FailureReports reports = FailureReports.open();
        CompletableFuture<String> answer = reports.expect(token);
        byte[] words = new byte[1 + ChildControl.TOKEN];
        words[0] = ChildControl.STATE;
        System.arraycopy(token.getBytes(StandardCharsets.US_ASCII), 0, words, 1, ChildControl.TOKEN);
        var unused = answer.whenComplete((text, failure) -> reports.forget(token));
        say(words);
        return answer;
    }

    /** After its end: a question that is open is answered by nothing. */
    synchronized void nobodyAnswers() {
        CompletableFuture<String> open = asked;
        if (open != null) {
            boolean ignored = open.complete("");
        }
    }

    /** What the manager knows of a lock that the child waits for. */
    private String lock(String waiting) {
        Manager m = shared;
        if (m == null || !m.isOpen() || !LOCKS.contains(waiting.substring(0, waiting.indexOf('.')))) {
            return "";
        }
        try {
            String client = name + " " + process().pid();
            for (LockInfo l : m.locks()) {
                if (l.waiting().stream().anyMatch(w -> w.client().equals(client))) {
                    return " of " + l.type() + (l.name() == null ? " #" + l.id() : " '" + l.name() + "'")
                            + l.owners().stream()
                                    .findFirst()
                                    .map(o -> ", owned by " + o.client())
                                    .orElse("");
                }
            }
        } catch (ManagerException e) {
            // the name of the method is what is known
        }
        return "";
    }
}
