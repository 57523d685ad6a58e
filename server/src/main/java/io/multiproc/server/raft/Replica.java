package io.multiproc.server.raft;

import io.multiproc.server.engine.Applier;
import io.multiproc.server.engine.LogStats;
import io.multiproc.server.engine.NotLeadingException;
import io.multiproc.server.engine.Sequencer;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.LogRecord;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.RecordCodec;
import io.multiproc.server.machine.StateMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of one node, as the common log has it: applies what is committed, whoever proposed it, on the engine's thread; begins and ends the terms in which this node
 * leads.
 *
 * <p>What comes from the log's thread is a queue of events. A term that needs an answer at once handles events in the middle of a call
 * ({@link Sequencer#commit}), but none that ends or begins a term: the rest of the call would go on in another one.
 */
public final class Replica implements ReplicatedLog.Listener {
    private static final Logger log = LoggerFactory.getLogger(Replica.class);
    private static final Completions NOBODY = (session, request, reply) -> {};
    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** In the place of a check: all begin anew from here. */
    private static final long BEGIN = 2;

    /** The state that images are of. */
    public interface Images {
        /** An image of the state as it is. On the engine's thread. */
        ReplicatedLog.Image take();

        /** Replaces the state. On the engine's thread. */
        void install(Path file) throws IOException;

        /** The time of the last command. */
        long lastTime();

        /** How many commands have been applied. */
        long lastIndex();
    }

    /** The server around the state. Called on the engine's thread. */
    public interface Server {
        /** Whoever serves clients is made anew: this node has begun or ceased to lead. */
        void termBegins();

        /** What has been answered is sent. */
        void flush();

        /** The node cannot go on. From any thread; ends the process. */
        void lost(String why, @Nullable Throwable cause);
    }

    private sealed interface Event {
        record Committed(byte[] record, long proposal) implements Event {}

        record Leads(long term) implements Event {}

        record Follows(long term, @Nullable String leader) implements Event {}

        record Task(Runnable task) implements Event {}
    }

    private final CheckedMachine machine;
    private final Images images;
    private final Server server;
    private final Executor engineThread;
    private final Supplier<ReplicatedLog> replicated;

    private final BlockingDeque<Event> events = new LinkedBlockingDeque<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile @Nullable String leader;
    private final CompletableFuture<@Nullable Void> followed = new CompletableFuture<>();
    private volatile boolean leaving;
    private volatile boolean closed;

    // of the engine's thread
    private boolean leads;
    private @Nullable Replicated order;
    private boolean isChecked;
    private long checkedAt = System.nanoTime();

    /**
     * @param engineThread runs tasks on the engine's thread
     * @param replicated the log; asked once there is a leader
     */
    public Replica(
            StateMachine machine,
            Images images,
            Server server,
            Executor engineThread,
            Supplier<ReplicatedLog> replicated) {
        this.machine = new CheckedMachine(machine, e -> server.lost("memory ran out while a command was applied", e));
        this.images = images;
        this.server = server;
        this.engineThread = engineThread;
        this.replicated = replicated;
    }

    /** What engines are to be made with, instead of the state itself. */
    public StateMachine machine() {
        return machine;
    }

    /** The order of the commands of an engine that is made now. On the engine's thread. */
    public Sequencer order(Applier applier, LongSupplier clock) {
        if (!leads) {
            return new Following(this::stats);
        }
        Replicated next = new Replicated(new Way(), applier, clock);
        order = next;
        return next;
    }

    private LogStats stats() {
        return replicated.get().stats();
    }

    /** The node that leads, as far as is known; null if none does. On any thread. */
    public @Nullable String leader() {
        return leader;
    }

    /** This node hands over: completes when another one leads. On any thread. */
    public CompletableFuture<@Nullable Void> leave() {
        leaving = true;
        return followed;
    }

    /** Nothing more is handled. On the engine's thread, or after its end. */
    public void close() {
        closed = true;
        end();
    }

    // ---- from the log's thread

    @Override
    public void committed(long index, byte[] record, long proposal) {
        add(new Event.Committed(record, proposal));
    }

    @Override
    public void leads(long term) {
        add(new Event.Leads(term));
    }

    @Override
    public void follows(long term, @Nullable String node) {
        add(new Event.Follows(term, node));
    }

    @Override
    public ReplicatedLog.Image image() {
        return ask(images::take);
    }

    @Override
    public void install(long index, Path file) throws IOException {
        IOException failure = ask(() -> {
            try {
                images.install(file);
                isChecked = false;
                return null;
            } catch (IOException e) {
                return e;
            }
        });
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void failed(String what, Throwable cause) {
        server.lost(what, cause);
    }

    private void add(Event event) {
        events.add(event);
        schedule();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                engineThread.execute(this::handleAll);
            } catch (RejectedExecutionException e) {
                // the server has ended
                closed = true;
            }
        }
    }

    /** Has something done on the engine's thread when all before it has been, and waits for it. */
    private <T> T ask(Supplier<T> task) {
        CountDownLatch done = new CountDownLatch(1);
        Asked<T> asked = new Asked<>();
        add(new Event.Task(() -> {
            try {
                asked.answer = task.get();
            } catch (RuntimeException | Error e) {
                asked.failure = e;
            } finally {
                done.countDown();
            }
        }));
        try {
            while (!done.await(100, TimeUnit.MILLISECONDS)) {
                if (closed) {
                    throw new IllegalStateException("the server has ended");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the server ends", e);
        }
        if (asked.failure != null) {
            throw new IllegalStateException(String.valueOf(asked.failure.getMessage()), asked.failure);
        }
        return asked.answer;
    }

    private static final class Asked<T> {
        @SuppressWarnings("NullAway.Init")
        private T answer;

        private @Nullable Throwable failure;
    }

    // ---- on the engine's thread

    private void handleAll() {
        scheduled.set(false);
        Replicated before = order;
        if (before != null) {
            before.beginEvents();
        }
        try {
            for (Event e = events.poll(); e != null && !closed; e = events.poll()) {
                handle(e);
            }
        } catch (RuntimeException | Error e) {
            // the state may lack something that the others have
            server.lost("what the log has cannot be applied", e);
            throw e;
        }
        if (before != null) {
            before.endEvents();
        }
        server.flush();
    }

    private void handle(Event event) {
        if (event instanceof Event.Committed c) {
            committed(c);
        } else if (event instanceof Event.Task t) {
            t.task().run();
        } else if (event instanceof Event.Leads l) {
            lead(l.term());
        } else if (event instanceof Event.Follows f) {
            follow(f);
        }
    }

    private void lead(long term) {
        end();
        leader = null;
        leads = true;
        log.info("this node leads from now on (term {})", term);
        begin();
        if (order != null && !order.hasEnded()) {
            leader = replicated.get().status().node();
        }
    }

    private void follow(Event.Follows f) {
        leader = f.leader();
        if (leads) {
            log.info("this node leads no longer (term {})", f.term());
            end();
            leads = false;
            begin();
        }
        if (f.leader() != null) {
            log.info("node {} leads (term {})", f.leader(), f.term());
            if (leaving) {
                followed.complete(null);
            }
        }
    }

    private void end() {
        Replicated present = order;
        order = null;
        if (present != null) {
            present.end();
        }
    }

    private void begin() {
        try {
            server.termBegins();
        } catch (NotLeadingException e) {
            // it was over before it had begun: that is the next event
        }
    }

    private void committed(Event.Committed c) {
        long check = RecordCodec.hashBefore(c.record());
        if (check != 0) {
            check(check);
        }
        Replicated present = order;
        if (present != null && present.committed(c.proposal())) {
            return;
        }
        LogRecord record = RecordCodec.read(c.record(), 0, c.record().length);
        long time = Math.max(images.lastTime(), record.time());
        for (LoggedCommand command : record.commands()) {
            try {
                machine.apply(command.at(time), NOBODY);
            } catch (RuntimeException | StackOverflowError e) {
                // as on the leader, which has answered with an error
                log.error(
                        "fault while applying {} of session {}",
                        command.command().getClass(),
                        command.session(),
                        e);
            }
        }
    }

    private void check(long check) {
        if (check != BEGIN && isChecked && check != machine.hash()) {
            server.lost(
                    "the state of this node differs from that of the node that leads, as of command "
                            + images.lastIndex()
                            + " or up to a second before it",
                    null);
        }
        isChecked = true;
        machine.begin();
    }

    /** What the order of a term needs of the log. */
    private final class Way implements Replicated.Way {
        @Override
        public long propose(byte[] record) {
            return replicated.get().propose(record);
        }

        @Override
        public boolean holdsLease() {
            return replicated.get().holdsLease();
        }

        @Override
        public boolean wantsCheck() {
            return System.nanoTime() - checkedAt >= CHECK_NANOS;
        }

        @Override
        public long check() {
            if (!wantsCheck()) {
                return 0;
            }
            checkedAt = System.nanoTime();
            return isChecked ? machine.hash() : BEGIN;
        }

        @Override
        public void awaitEvent() {
            Event e = null;
            try {
                while (e == null && !closed) {
                    e = events.poll(100, TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                closed = true;
            }
            if (e == null) {
                end();
            } else if (e instanceof Event.Leads || e instanceof Event.Follows) {
                // the call that waits ends in its own term; what follows is handled after it
                events.addFirst(e);
                end();
                schedule();
            } else {
                handle(e);
            }
        }

        @Override
        public LogStats stats() {
            return Replica.this.stats();
        }
    }
}
