package io.multiproc.client.internal.local;

import io.multiproc.client.internal.os.Platform;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A shell that outlives this process, however it ends, and then has a JVM sweep. */
final class Watcher {
    /** A child that has just begun has better to do, and a short-lived one needs none: what it leaves, its parent's sweep removes. */
    private static final long DELAY_MILLIS = 200;

    private final CountDownLatch dismissed = new CountDownLatch(1);
    private final Thread starter;
    private volatile @Nullable Process shell;

    private Watcher(Path base, Runnable first) {
        starter = new Thread(
                () -> {
                    try {
                        if (!dismissed.await(DELAY_MILLIS, TimeUnit.MILLISECONDS)) {
                            first.run();
                            shell = start(base);
                        }
                    } catch (InterruptedException e) {
                        // nobody does that; the next process sweeps
                    }
                },
                "multiproc-watcher");
        starter.setDaemon(true);
    }

    /** Does something and starts one soon, in the background. */
    static Watcher of(Path base, Runnable first) {
        Watcher made = new Watcher(base, first);
        made.starter.start();
        return made;
    }

    private static @Nullable Process start(Path base) {
        Path sh = Platform.current().shell();
        if (sh == null) {
            // the next process sweeps
            return null;
        }
        try {
            String code = Path.of(Sweep.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
            return new ProcessBuilder(
                            sh.toString(),
                            "-c",
                            // a signal to the whole group must not end it before its process
                            "trap '' HUP INT QUIT TERM; cd /; read -r done && exit 0; exec \"$@\"",
                            "multiproc-watcher",
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xmx16m",
                            "-cp",
                            code,
                            Sweep.class.getName(),
                            base.toString())
                    // who waits for the end of this program's output does not wait for the watcher
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException | URISyntaxException | RuntimeException e) {
            // the next process sweeps
            return null;
        }
    }

    void dismiss() throws IOException, InterruptedException {
        dismissed.countDown();
        starter.join();
        Process started = shell;
        if (started != null) {
            OutputStream out = started.getOutputStream();
            out.write('\n');
            out.close();
        }
    }
}
