package io.multiproc.server.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs the commands that containers run, all in one JVM: what the JVM learns of it becomes the ahead-of-time cache of the
 * image.
 */
final class TrainingRun extends Subcommand {
    TrainingRun() {
        super(
                "rehearse",
                "Runs serve, ping and the demo's two clients in this JVM, to train an ahead-of-time cache. The key must be"
                        + " given as a variable.");
    }

    private static final int PINGS = 20;
    private static final int ATTEMPTS = 200;

    private String address = "";

    private static String free(String scheme) throws IOException {
        // an image may be built on the network of a machine that uses the usual port
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return scheme + "127.0.0.1:" + free.getLocalPort();
        }
    }

    @Override
    int run(PrintStream out) throws InterruptedException, ExecutionException, IOException {
        address = free("tls://");
        String plain = free("tcp://");
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Future<Integer> server =
                    threads.submit(() -> Multiproc.run("serve", "--listen", address, "--listen", plain));
            awaitServer(server);
            for (int i = 0; i < PINGS; i++) {
                check(Multiproc.run("ping", "--address", address));
                check(Multiproc.run("ping", "--address", plain));
            }
            Future<Integer> ada = threads.submit(() -> Multiproc.run("demo-client", "ada", "--address", address));
            Future<Integer> bob = threads.submit(() -> Multiproc.run("demo-client", "bob", "--address", address));
            check(ada.get());
            check(bob.get());
            for (String command : List.of("info", "objects", "sessions", "shutdown")) {
                check(Multiproc.run(command, "--address", address));
            }
            check(server.get());
        } finally {
            threads.shutdownNow();
        }
        return 0;
    }

    /** Until it answers: its first answers are slow, and what happens meanwhile is worth learning too. */
    private void awaitServer(Future<Integer> server) throws InterruptedException, ExecutionException {
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                throw Multiproc.failed("the server ended with " + server.get(100, TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                if (Multiproc.run("ping", "--address", address) == 0) {
                    return;
                }
            }
        }
        throw Multiproc.failed("the server did not start");
    }

    private static void check(int exitCode) {
        if (exitCode != 0) {
            throw Multiproc.failed("a command ended with " + exitCode);
        }
    }
}
