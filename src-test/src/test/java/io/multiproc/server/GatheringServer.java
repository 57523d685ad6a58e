package io.multiproc.server;

import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.engine.Applier;
import io.multiproc.server.engine.Sequencer;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.LogRecord;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.RecordCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** A server whose commands are applied at the end of a burst, as with a log, but without a disk. */
public final class GatheringServer {
    private GatheringServer() {}

    /** As {@link ManagerServer#start(ServerOptions)}. */
    public static ManagerServer start(ServerOptions options) throws IOException {
        return ManagerServer.start(options, Gathering::new);
    }

    /** What completions submit is the next burst, and what is submitted outside of one is one by itself. */
    private static final class Gathering implements Sequencer {
        private static final byte[] NO_COMMAND = {};

        private record Waiting(byte[] command, Completion completion) {}

        private final Applier applier;
        private final LongSupplier clock;
        private final Map<Long, Integer> sessions = new HashMap<>();
        private List<Waiting> waiting = new ArrayList<>();
        private boolean inBurst;
        private boolean applying;

        Gathering(Applier applier, LongSupplier clock) {
            this.applier = applier;
            this.clock = clock;
        }

        @Override
        public void submit(long session, long request, Command command, Completion completion) {
            LoggedCommand one = applier.stamped(session, request, command);
            waiting.add(new Waiting(RecordCodec.encode(new LogRecord(0, 0, List.of(one))), completion));
            sessions.merge(session, 1, Integer::sum);
            if (!inBurst && !applying) {
                commit();
            }
        }

        @Override
        public boolean mayRead(long session) {
            return session == 0 || !sessions.containsKey(session);
        }

        @Override
        public boolean gathers() {
            return true;
        }

        @Override
        public void beginBurst() {
            inBurst = true;
        }

        @Override
        public void endBurst() {
            inBurst = false;
            commit();
        }

        @Override
        public void commit() {
            boolean outer = applying;
            applying = true;
            while (!waiting.isEmpty()) {
                List<Waiting> burst = waiting;
                waiting = new ArrayList<>();
                burst.forEach(this::apply);
            }
            applying = outer;
        }

        @Override
        public void after(long session, Runnable action) {
            if (waiting.isEmpty()) {
                action.run();
            } else {
                waiting.add(new Waiting(NO_COMMAND, (request, none) -> action.run()));
            }
        }

        private void apply(Waiting w) {
            if (w.command.length == 0) {
                w.completion.applied(0, null);
                return;
            }
            LoggedCommand c =
                    RecordCodec.read(w.command, 0, w.command.length).commands().get(0);
            Reply reply = applier.apply(clock.getAsLong(), c);
            sessions.compute(c.session(), (session, n) -> n == null || n == 1 ? null : n - 1);
            w.completion.applied(c.request(), reply);
        }
    }
}
