package io.multiproc.server;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.machine.StateMachine;
import io.multiproc.server.state.SharedState;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A server that notes the operations that its clients ask for, and the errors that they get. */
public final class RecordingServer {
    private RecordingServer() {}

    /** An operation that was answered with an error, at once or later. */
    public record Failed(Op op, ErrorCode code) {}

    private record Waiting(long session, long request) {}

    /**
     * As {@link ManagerServer#start(ServerOptions)}; adds every operation applied to {@code seen}, and every error of one to {@code
     * failed}, on the server's thread.
     */
    public static ManagerServer start(ServerOptions options, Set<Op> seen, Set<Failed> failed) throws IOException {
        StateMachine real = new SharedState(
                options.maxFrame() - Messages.REPLY_HEADER, options.limits().ofState());
        Map<Waiting, Op> waiting = new HashMap<>();
        return ManagerServer.start(options, new StateMachine() {
            private void note(@Nullable Op op, Reply reply) {
                ErrorCode code = reply.error();
                if (op != null && code != null) {
                    failed.add(new Failed(op, code));
                }
            }

            @Override
            public @Nullable Reply apply(Entry entry, Completions out) {
                Op op = entry.command() instanceof Command.Invoke invoke ? invoke.op() : null;
                if (op != null) {
                    seen.add(op);
                }
                Reply reply = real.apply(entry, new Completions() {
                    @Override
                    public void complete(long session, long request, Reply answer) {
                        note(waiting.remove(new Waiting(session, request)), answer);
                        out.complete(session, request, answer);
                    }

                    @Override
                    public void follows(long session, long request, long holder, long levels, boolean owns) {
                        out.follows(session, request, holder, levels, owns);
                    }
                });
                if (op != null && reply == null) {
                    waiting.put(new Waiting(entry.session(), entry.request()), op);
                } else if (reply != null) {
                    note(op, reply);
                }
                return reply;
            }

            @Override
            public @Nullable Reply query(long session, Op op, long object, Args args) {
                Reply reply = real.query(session, op, object, args);
                if (reply != null) {
                    seen.add(op);
                    note(op, reply);
                }
                return reply;
            }

            @Override
            public boolean isOpen(long session) {
                return real.isOpen(session);
            }

            @Override
            public @Nullable String nameOf(long object) {
                return real.nameOf(object);
            }

            @Override
            public boolean isNamed(String name) {
                return real.isNamed(name);
            }

            @Override
            public boolean holds(long session, long object) {
                return real.holds(session, object);
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
