package io.multiproc.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.client.process.ManagedProcess;
import io.multiproc.tests.fixtures.Await;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program that starts processes again and again has JVMs waiting without asking for them. */
@Tag("jdk")
@Timeout(180)
class HabitIT {
    /** The program, in a JVM of its own: nobody has asked for a reserve there. */
    static final class Program {
        private Program() {}

        static void nothing() {
            // a process that starts and ends
        }

        private static void once() throws InterruptedException {
            ManagedProcess p = new ManagedProcess(Program::nothing);
            p.start();
            p.join();
            if (p.exitCode().getAsInt() != 0) {
                throw new IllegalStateException(p.toString());
            }
        }

        public static void main(String[] args) throws Exception {
            if (args[0].equals("keeps from it")) {
                ManagedProcess.forkserver(0);
                long begun = System.nanoTime();
                for (int i = 0; i < 2 || System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(2); i++) {
                    once();
                }
                System.out.println(ManagedProcess.forkserverReserve() + " wait");
                return;
            }
            once();
            System.out.println(ManagedProcess.forkserverReserve() + " wait");
            Await.until("one waits", () -> {
                once();
                return ManagedProcess.forkserverReserve() > 0;
            });
            System.out.println("one waits");
            Await.until("none waits any longer", () -> ManagedProcess.forkserverReserve() == 0);
            System.out.println("none waits");
            Await.until("one waits again", () -> {
                once();
                return ManagedProcess.forkserverReserve() > 0;
            });
            System.out.println("one waits again");
        }
    }

    private static List<String> says(String how) throws Exception {
        Process p = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dmultiproc.process.archive=off",
                        Program.class.getName(),
                        how)
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out = p.inputReader(StandardCharsets.UTF_8)) {
            List<String> lines = out.lines().toList();
            assertEquals(0, p.waitFor(), lines.toString());
            return lines;
        } finally {
            p.destroyForcibly();
        }
    }

    @Test
    void someWaitAsLongAsProcessesAreStarted() throws Exception {
        assertEquals(List.of("0 wait", "one waits", "none waits", "one waits again"), says("starts"));
    }

    @Test
    void aProgramCanKeepFromIt() throws Exception {
        assertEquals(List.of("0 wait"), says("keeps from it"));
    }
}
