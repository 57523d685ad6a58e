package io.multiproc.client.internal.local;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A shell that outlives this process, however it ends, and then has a JVM sweep. */
final class Watcher {
    private final @Nullable Process shell;

    private Watcher(@Nullable Process shell) {
        this.shell = shell;
    }

    static Watcher start(Path base) {
        try {
            String code = Path.of(Sweep.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
            return new Watcher(new ProcessBuilder(
                            "/bin/sh",
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
                    .start());
        } catch (IOException | URISyntaxException | RuntimeException e) {
            // no shell here: the next process sweeps
            return new Watcher(null);
        }
    }

    void dismiss() throws IOException {
        if (shell != null) {
            OutputStream out = shell.getOutputStream();
            out.write('\n');
            out.close();
        }
    }
}
