package io.multiproc.client.internal;

import io.multiproc.client.internal.code.JavaCommand;
import io.multiproc.client.spi.ServerProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Servers that this process starts: in itself or as a child. */
public final class Servers {
    private static final String READY = "multiproc ready on ";

    private Servers() {}

    /** The server module's provider. */
    public static ServerProvider provider() {
        return ServiceLoader.load(ServerProvider.class)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException(
                                "no server on the class path: add io.multiproc:multiproc-server, or connect to a running manager"));
    }

    /** A server in a child process. It ends when this process does, however that ends. */
    public static final class Child implements AutoCloseable {
        private final Process process;
        private final String uri;

        private Child(Process process, String uri) {
            this.process = process;
            this.uri = uri;
        }

        public String uri() {
            return uri;
        }

        public long pid() {
            return process.pid();
        }

        /** Ends the child: its standard input closes, then it has five seconds. */
        @Override
        public void close() {
            boolean interrupted = false;
            try {
                process.getOutputStream().close();
                if (!process.waitFor(6, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (IOException e) {
                process.destroyForcibly();
            } catch (InterruptedException e) {
                interrupted = true;
                process.destroyForcibly();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Starts a child and waits until it is ready. The key reaches it through its standard input only. */
    public static Child spawn(String listen, byte[] authkey, Duration timeout) {
        ServerProvider provider = provider();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 22) {
            // the server's sockets are native code; a class path has no manifest to say that it may be loaded
            command.add("--enable-native-access="
                    + (provider.getClass().getModule().isNamed() ? "io.netty.common" : "ALL-UNNAMED"));
        }
        command.addAll(JavaCommand.runWithout(provider.mainClass(), provider.getClass()));
        command.addAll(provider.childArguments(List.of(listen)));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                OutputStream in = process.getOutputStream();
                in.write((HexFormat.of().formatHex(authkey) + "\n").getBytes(StandardCharsets.US_ASCII));
                in.flush();
                return new Child(process, ready(process, timeout));
            } catch (IOException | RuntimeException e) {
                process.destroyForcibly();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a manager process", e);
        }
    }

    private static String ready(Process process, Duration timeout) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        CompletableFuture<String> line = new CompletableFuture<>();
        // keeps draining after the first line, so that the child never blocks on its output
        Thread drain = new Thread(
                () -> {
                    try {
                        String l;
                        while ((l = out.readLine()) != null) {
                            if (l.startsWith(READY)) {
                                line.complete(l.substring(READY.length()));
                            }
                        }
                        line.completeExceptionally(new IOException("it ended with its error above"));
                    } catch (IOException e) {
                        line.completeExceptionally(e);
                    }
                },
                "multiproc-child-output");
        drain.setDaemon(true);
        drain.start();
        try {
            return line.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the manager process was not ready within " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new IOException("the manager process did not start", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the manager process started", e);
        }
    }
}
