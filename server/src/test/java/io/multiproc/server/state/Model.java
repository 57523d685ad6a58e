package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What an object of a type is to do, written down as simply as possible: every wait is in one list, and after each change all of
 * them are looked at. Shares nothing with the states. {@link SeedsTest} holds the states to it.
 */
abstract class Model {
    /** A call to be made. */
    record Call(Op op, @Nullable Object... args) {}

    /** A request that waits. */
    static final class Wait {
        final long session;
        final long request;
        final long index;
        final Op op;
        final @Nullable Object[] args;
        /** {@link Long#MAX_VALUE} for none, or no longer any. */
        long deadline;
        /** Whatever the model wants to remember. */
        String phase = "";

        Object outcome = Coded.Special.PARKED;
        long levels = 1;

        Wait(long session, long request, long index, Op op, @Nullable Object[] args, long deadline) {
            this.session = session;
            this.request = request;
            this.index = index;
            this.op = op;
            this.args = args;
            this.deadline = deadline;
        }

        int number(int i) {
            Object arg = args[i];
            return arg instanceof Integer n ? n : -99;
        }
    }

    static final Object CANCELLED = error(ErrorCode.CANCELLED);

    /** In order of arrival. */
    final List<Wait> waits = new ArrayList<>();
    /** The completions of the present entry. */
    final List<Bench.Done> done = new ArrayList<>();

    long now;
    long index;
    long request;

    /** Errors are compared by code. */
    static Object error(ErrorCode code) {
        return "error " + code;
    }

    /** What the object is made with. */
    List<Object> arguments() {
        return List.of();
    }

    /** As {@link #arguments()}, where other objects are needed. */
    List<Object> arguments(Bench bench, long session) {
        return arguments();
    }

    /** Called once, with the object's id. */
    void prepare(Bench bench, long session, long object) {}

    /** Which object an operation is for. */
    long target(Op op, long object) {
        return object;
    }

    /** A random call. */
    abstract Call next(Random random);

    /** Applies a call: the reply, or {@link #park}. */
    abstract @Nullable Object call(long session, Op op, @Nullable Object... args);

    /** The answer of a wait whose time is up, or null if it goes on waiting for something else. */
    @Nullable
    Object timedOut(Wait w) {
        return false;
    }

    /** The answer of a cancelled wait, or null if it goes on waiting for something else. */
    @Nullable
    Object cancelled(Wait w) {
        return CANCELLED;
    }

    /** A wait of a session that has ended was removed. */
    void abandoned(Wait w) {}

    /** A reply that handed something over has been acknowledged, or given back. */
    void received(long session, long of, boolean kept) {}

    /** Requests whose replies handed something over and were neither acknowledged nor given back: request to session. */
    java.util.Map<Long, Long> unacknowledged() {
        return java.util.Map.of();
    }

    /** A session has ended, and its waits are gone. */
    void ended(long session) {}

    /** Serves who can be served. */
    abstract void settle();

    // ---- what all have in common

    final Object park(long session, Op op, @Nullable Object[] args, int timeout, Object now0) {
        if (timeout < -1) {
            return error(ErrorCode.BAD_ARGUMENT);
        }
        if (timeout == 0) {
            return now0;
        }
        waits.add(new Wait(session, request, index, op, args, timeout == -1 ? Long.MAX_VALUE : now + timeout));
        return Coded.Special.PARKED;
    }

    final void finish(Wait w, @Nullable Object reply) {
        waits.remove(w);
        done.add(new Bench.Done(w.session, w.request, reply));
    }

    final void expire() {
        while (true) {
            Wait due = null;
            for (Wait w : waits) {
                if (w.deadline <= now
                        && (due == null
                                || w.deadline < due.deadline
                                || (w.deadline == due.deadline && w.index < due.index))) {
                    due = w;
                }
            }
            if (due == null) {
                return;
            }
            due.deadline = Long.MAX_VALUE;
            Object reply = timedOut(due);
            if (reply != null) {
                finish(due, reply);
            }
            settle();
        }
    }

    final void cancel(long who) {
        for (Wait w : List.copyOf(waits)) {
            if (w.request == who) {
                w.deadline = Long.MAX_VALUE;
                Object reply = cancelled(w);
                if (reply != null) {
                    finish(w, reply);
                }
                settle();
            }
        }
    }

    final void close(long session) {
        List<Wait> gone = new ArrayList<>(waits);
        gone.removeIf(w -> w.session != session);
        waits.removeAll(gone);
        gone.forEach(this::abandoned);
        ended(session);
        settle();
    }

    final @Nullable Object apply(long session, Call call) {
        Object reply = call(session, call.op, call.args);
        settle();
        return reply;
    }

    static int timeout(Random random) {
        return new int[] {0, -1, -1, 2, 5, 20, -2}[random.nextInt(7)];
    }

    /** The object's type. */
    abstract ObjectType type();
}
