package io.multiproc.server;

import io.multiproc.protocol.auth.HelloRefused;
import io.multiproc.server.engine.DeadlineTimer;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineClock;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.engine.Sequencer;
import io.multiproc.server.image.ImageKeeper;
import io.multiproc.server.image.Images;
import io.multiproc.server.log.DurableLog;
import io.multiproc.server.log.Journal;
import io.multiproc.server.log.LogFailure;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.StateMachine;
import io.multiproc.server.net.NetServer;
import io.multiproc.server.snapshot.Snapshots;
import io.multiproc.server.state.SharedState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server keeps on disk: a log, a snapshot, or nothing. */
class Durability implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Durability.class);

    /** A record of one command is an array. */
    private static final int MOST_FRAME = 1 << 30;

    /** In memory only. */
    static final Durability NONE = new Durability(null);

    private final Sequencer.@Nullable Factory order;

    Durability(Sequencer.@Nullable Factory order) {
        this.order = order;
    }

    /**
     * Reads what the options name into a state without content.
     *
     * @param order of the commands of a server without a log; null for the usual one
     */
    static Durability open(ServerOptions options, SharedState state, Sequencer.@Nullable Factory order)
            throws IOException {
        if (options.data() != null) {
            return new Log(options, state);
        }
        return options.snapshot() == null ? new Durability(order) : new Saved(options, state, order);
    }

    /**
     * The server accepts connections.
     *
     * @throws IOException if what it keeps cannot be used after all
     */
    void start(NetServer net) throws IOException {}

    /** The server ends, and nothing of it has ended yet. From any thread. */
    void leave() {}

    Map<String, @Nullable Object> facts() {
        return Map.of();
    }

    Engine engine(
            StateMachine machine, DeadlineTimer timer, Completions out, EngineOptions options, Runnable onShutdown) {
        EngineClock clock = new EngineClock();
        return order == null
                ? new Engine(machine, clock, timer, out, options, onShutdown)
                : new Engine(machine, clock, timer, out, options, onShutdown, order);
    }

    /** What a client is told while another process gives the state its order. */
    HelloRefused notLeading() {
        throw new IllegalStateException("nobody else leads");
    }

    /** After how many milliseconds of silence a client is to look for another process, at most. */
    long silenceMillis() {
        return Long.MAX_VALUE;
    }

    /** Called now and then, on the engine's thread. */
    void sweep() {}

    /** Whether clients can be served here, or are told where. */
    boolean isReady() {
        return true;
    }

    /** Where that process takes clients; none if that is not known. */
    List<String> leader() {
        return List.of();
    }

    /** On the engine's thread: all sessions have ended. */
    void takeLast() {}

    /** Waits until all is on the disk. After the engine's thread has ended. */
    void finish() throws InterruptedException {}

    boolean isFinished() {
        return true;
    }

    boolean isSaved() {
        return true;
    }

    /** Lets go of the files of a server that did not get as far as {@link #start}. */
    @Override
    public void close() {}

    /** All that changes is in a log, and what was changed long ago in an image. */
    private static final class Log extends Durability {
        /** At the top of a disk of its own. */
        private static final String OF_FILE_SYSTEM = "lost+found";

        private static final int MOST_NAMED = 5;

        private final DurableLog durable;
        private final ImageKeeper images;
        private boolean started;
        private volatile boolean finished;

        Log(ServerOptions options, SharedState state) throws IOException {
            super(null);
            if (options.maxFrame() > MOST_FRAME) {
                throw new IllegalArgumentException("with a data folder a frame has at most " + (MOST_FRAME >> 20)
                        + " MiB, not " + options.maxFrame() + " bytes");
            }
            AtomicReference<@Nullable Images> folder = new AtomicReference<>();
            AtomicLong begun = new AtomicLong();
            this.durable = DurableLog.open(
                    Objects.requireNonNull(options.data()),
                    options.fsync(),
                    state,
                    state::lastIndex,
                    journal -> {
                        tellForeign(journal.folder());
                        Images found = new Images(journal.folder(), ManagerServer.version());
                        folder.set(found);
                        long time = found.load(
                                state, options.firstState(), journal.isWhole(), journal.isEmpty(), journal.id());
                        begun.set(state.lastIndex());
                        return time;
                    },
                    (what, journal, cause) -> {
                        log.error(LogFailure.line(what, journal, cause));
                        Runtime.getRuntime().halt(LogFailure.EXIT);
                    });
            try {
                this.images = new ImageKeeper(
                        Objects.requireNonNull(folder.get()),
                        () -> state.image(System::nanoTime),
                        durable::written,
                        durable.bytesFrom(begun.get() + 1),
                        new ImageKeeper.Logs() {
                            @Override
                            public void secure() throws IOException {
                                durable.secure();
                            }

                            @Override
                            public void trimBefore(long index, long kept) throws IOException {
                                durable.trimBefore(index, kept);
                            }
                        });
            } catch (IOException | RuntimeException | Error e) {
                durable.close();
                throw e;
            }
        }

        /** Perhaps the folder is another one than was meant, or a file has lost its name. */
        private static void tellForeign(Path folder) throws IOException {
            List<String> foreign;
            try (Stream<Path> files = Files.list(folder)) {
                foreign = files.map(f -> String.valueOf(f.getFileName()))
                        .filter(name -> !Journal.isOwn(name) && !Images.isOwn(name) && !name.equals(OF_FILE_SYSTEM))
                        .sorted()
                        .toList();
            }
            if (!foreign.isEmpty()) {
                String more = foreign.size() > MOST_NAMED ? " and " + (foreign.size() - MOST_NAMED) + " more" : "";
                log.warn(
                        "data folder {} has what is no file of a log: {}{}; it is left alone, but a server should have a folder for itself",
                        folder,
                        String.join(", ", foreign.subList(0, Math.min(MOST_NAMED, foreign.size()))),
                        more);
            }
        }

        @Override
        void start(NetServer net) {
            started = true;
            images.start(net::execute);
        }

        @Override
        Map<String, @Nullable Object> facts() {
            Map<String, @Nullable Object> all = new LinkedHashMap<>(durable.facts());
            all.putAll(images.facts());
            return all;
        }

        @Override
        Engine engine(
                StateMachine machine,
                DeadlineTimer timer,
                Completions out,
                EngineOptions options,
                Runnable onShutdown) {
            Engine engine = new Engine(machine, durable.clock(), timer, out, options, onShutdown, durable.order());
            engine.backedUpBy(images);
            return engine;
        }

        @Override
        synchronized void finish() throws InterruptedException {
            if (started) {
                images.finish();
            }
            close();
        }

        @Override
        boolean isFinished() {
            return finished;
        }

        @Override
        public synchronized void close() {
            durable.close();
            finished = true;
        }
    }

    /** Named objects are in a file that is replaced now and then. */
    private static final class Saved extends Durability {
        private final Snapshots snapshots;

        Saved(ServerOptions options, SharedState state, Sequencer.@Nullable Factory order) throws IOException {
            super(order);
            this.snapshots = Snapshots.open(
                    Objects.requireNonNull(options.snapshot()),
                    options.snapshotInterval(),
                    ManagerServer.version(),
                    state);
        }

        @Override
        void start(NetServer net) {
            snapshots.start(net::execute);
        }

        @Override
        Map<String, @Nullable Object> facts() {
            return snapshots.facts();
        }

        @Override
        void takeLast() {
            snapshots.takeLast();
        }

        @Override
        void finish() throws InterruptedException {
            snapshots.finish();
        }

        @Override
        boolean isFinished() {
            return snapshots.isFinished();
        }

        @Override
        boolean isSaved() {
            return snapshots.isSaved();
        }

        @Override
        public void close() {
            snapshots.close();
        }
    }
}
