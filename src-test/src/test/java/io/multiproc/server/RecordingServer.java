package io.multiproc.server;

import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.state.Command;
import io.multiproc.server.state.Completions;
import io.multiproc.server.state.Entry;
import io.multiproc.server.state.SharedState;
import io.multiproc.server.state.StateMachine;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A server that notes the operations that its clients ask for. */
public final class RecordingServer {
    private RecordingServer() {}

    /** As {@link ManagerServer#start(ServerOptions)}; adds every operation applied to {@code seen}, on the server's thread. */
    public static ManagerServer start(ServerOptions options, Set<Op> seen) throws IOException {
        StateMachine real = new SharedState(
                options.maxFrame() - Messages.REPLY_HEADER, options.limits().ofState());
        return ManagerServer.start(options, new StateMachine() {
            @Override
            public @Nullable Reply apply(Entry entry, Completions out) {
                if (entry.command() instanceof Command.Invoke invoke) {
                    seen.add(invoke.op());
                }
                return real.apply(entry, out);
            }

            @Override
            public long nextDeadline() {
                return real.nextDeadline();
            }

            @Override
            public void snapshot(ByteWriter out) {
                real.snapshot(out);
            }

            @Override
            public void restore(byte[] snapshot) {
                real.restore(snapshot);
            }
        });
    }
}
