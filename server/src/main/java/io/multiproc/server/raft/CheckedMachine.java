package io.multiproc.server.raft;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.machine.OpenSession;
import io.multiproc.server.machine.Settings;
import io.multiproc.server.machine.StateCounts;
import io.multiproc.server.machine.StateMachine;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state of a node, with a running hash of what its commands came to: every answer and every completion, in their order. Nodes that have applied the same
 * records since the last check have the same hash, as long as their states agree. The hash is of what happened, not of the state, so it costs nothing that grows with it.
 *
 * <p>Memory that runs out in the middle of a command ends the node: the others have applied all of it.
 */
final class CheckedMachine implements StateMachine, Completions {
    private static final long PRIME = 0x9E37_79B9_7F4A_7C15L;
    /** Of a long answer its ends tell enough. */
    private static final int END = 32;

    private final StateMachine machine;
    private final Consumer<Throwable> lost;
    private Completions to = (session, request, reply) -> {};
    private long hash;

    /** @param lost ends the node */
    CheckedMachine(StateMachine machine, Consumer<Throwable> lost) {
        this.machine = machine;
        this.lost = lost;
    }

    /** Begins anew, as all nodes do at the same record. */
    void begin() {
        hash = 0;
    }

    /** An odd number. */
    long hash() {
        return hash | 1;
    }

    @Override
    public @Nullable Reply apply(Entry entry, Completions out) {
        to = out;
        Reply reply;
        try {
            reply = machine.apply(entry, this);
        } catch (OutOfMemoryError e) {
            lost.accept(e);
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            mix(-1);
            throw e;
        }
        add(entry.session(), entry.request(), reply);
        return reply;
    }

    @Override
    public void complete(long session, long request, Reply reply) {
        add(session, request, reply);
        to.complete(session, request, reply);
    }

    @Override
    public void follows(long session, long request, long holder, long levels, boolean owns) {
        to.follows(session, request, holder, levels, owns);
    }

    private void add(long session, long request, @Nullable Reply reply) {
        mix(session);
        mix(request);
        ErrorCode error = reply == null ? null : reply.error();
        if (reply == null || error != null) {
            mix(error == null ? -2 : -3 - error.code());
            return;
        }
        byte[] bytes = reply.bytes();
        int length = reply.length();
        int start = reply.start();
        mix(length);
        for (int i = 0; i < Math.min(length, END); i++) {
            hash = hash * 31 + bytes[start + i];
        }
        for (int i = Math.max(END, length - END); i < length; i++) {
            hash = hash * 31 + bytes[start + i];
        }
    }

    private void mix(long value) {
        hash = (Long.rotateLeft(hash, 23) ^ value) * PRIME;
    }

    // ---- the rest is the machine's

    @Override
    public @Nullable Reply query(long session, Op op, long object, Args args) {
        return machine.query(session, op, object, args);
    }

    @Override
    public @Nullable Reply look(long session, Op op, long object, Args args) {
        return machine.look(session, op, object, args);
    }

    @Override
    public long growth(long session, Op op, long object, Args args) {
        return machine.growth(session, op, object, args);
    }

    @Override
    public boolean mayRefer() {
        return machine.mayRefer();
    }

    @Override
    public int newReferences(long session, Op op, long object, Args args) {
        return machine.newReferences(session, op, object, args);
    }

    @Override
    public @Nullable Settings settings() {
        return machine.settings();
    }

    @Override
    public long clusterId() {
        return machine.clusterId();
    }

    @Override
    public long lastNumber() {
        return machine.lastNumber();
    }

    @Override
    public boolean isOpen(long session) {
        return machine.isOpen(session);
    }

    @Override
    public List<OpenSession> sessions() {
        return machine.sessions();
    }

    @Override
    public long keptReplies(long session) {
        return machine.keptReplies(session);
    }

    @Override
    public void forEachKept(long session, Completions receiver) {
        machine.forEachKept(session, receiver);
    }

    @Override
    public long[] waiting(long session) {
        return machine.waiting(session);
    }

    @Override
    public @Nullable String nameOf(long object) {
        return machine.nameOf(object);
    }

    @Override
    public boolean isNamed(String name) {
        return machine.isNamed(name);
    }

    @Override
    public boolean holds(long session, long object) {
        return machine.holds(session, object);
    }

    @Override
    public @Nullable String className(long id) {
        return machine.className(id);
    }

    @Override
    public Map<Long, String> classNames() {
        return machine.classNames();
    }

    @Override
    public long nextDeadline() {
        return machine.nextDeadline();
    }

    @Override
    public StateCounts counts() {
        return machine.counts();
    }

    @Override
    public void snapshot(ByteWriter out) {
        machine.snapshot(out);
    }

    @Override
    public void restore(byte[] snapshot) {
        machine.restore(snapshot);
    }
}
