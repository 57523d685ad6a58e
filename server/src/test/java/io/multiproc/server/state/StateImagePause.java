package io.multiproc.server.state;

import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.server.image.ImageWriter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A program that prints for how long an image of a million holds the engine up, and how long it takes to write and to restore. */
final class StateImagePause {
    private static final int MILLION = 1_000_000;

    private final Path folder;
    private final Bench bench = new Bench();
    private final long session = bench.open();

    private StateImagePause(Path folder) {
        this.folder = folder;
    }

    /** @param args a folder for a file of up to 100 MiB */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        new StateImagePause(folder).entries();
        new StateImagePause(folder).objects();
    }

    private void entries() throws Exception {
        long dict = bench.openNamed(session, ObjectType.DICT, "d");
        for (int i = 0; i < MILLION; i++) {
            bench.call(session, dict, DictOp.SET, i, "value " + i);
        }
        measure("1,000,000 entries", dict);
    }

    private void objects() throws Exception {
        long dict = bench.openNamed(session, ObjectType.DICT, "d");
        for (int i = 0; i < MILLION; i++) {
            bench.call(session, 0, ManagerOp.CREATE, "counter", List.of(i));
        }
        measure("1,000,000 objects", dict);
    }

    private void measure(String what, long dict) throws InterruptedException, ExecutionException, IOException {
        ExecutorService engine = Executors.newSingleThreadExecutor();
        try {
            for (int run = 1; run <= 3; run++) {
                Path file = folder.resolve("image");
                long start = System.nanoTime();
                StateImage image =
                        engine.submit(() -> bench.state.image(System::nanoTime)).get();
                int changed = run;
                // while the image is taken
                engine.execute(() -> bench.call(session, dict, DictOp.SET, "new", changed));
                try (OutputStream out = Files.newOutputStream(file)) {
                    new ImageWriter(image, engine).writeTo(out);
                }
                long written = System.nanoTime();
                SharedState restored = new SharedState();
                try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                    restored.restore(in);
                }
                long end = System.nanoTime();
                if (image.index() != restored.lastIndex()) {
                    throw new IllegalStateException("another index");
                }
                System.out.printf(
                        "%s, run %d: pause %.1f ms at most (%.1f ms at its begin), %.2f s and %d MiB written, restored in %.2f s%n",
                        what,
                        run,
                        image.longestPauseNanos() / 1e6,
                        image.firstPauseNanos() / 1e6,
                        (written - start) / 1e9,
                        Files.size(file) >> 20,
                        (end - written) / 1e9);
            }
        } finally {
            engine.shutdownNow();
        }
    }
}
