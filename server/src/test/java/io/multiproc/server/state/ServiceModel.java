package io.multiproc.server.state;

import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.tup;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.InstanceOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.ServiceOp;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A registered class with one instance. */
final class ServiceModel extends Model {
    private static final String WAITING = "waiting";
    private static final String RUNNING = "running";

    private final ObjectType type;
    private long service;
    private long instance;
    private long host;
    private long lastCall;

    ServiceModel(ObjectType type) {
        this.type = type;
    }

    @Override
    ObjectType type() {
        return type;
    }

    @Override
    List<Object> arguments(Bench bench, long session) {
        if (type == ObjectType.SERVICE) {
            return List.of();
        }
        service = bench.openNamed(session, ObjectType.SERVICE, "s");
        return List.of(new Coded.Ref(ObjectType.SERVICE, service));
    }

    @Override
    void prepare(Bench bench, long session, long object) {
        if (type == ObjectType.SERVICE) {
            service = object;
            instance = bench.openNamed(session, ObjectType.INSTANCE, "i", new Coded.Ref(ObjectType.SERVICE, service));
        } else {
            instance = object;
        }
    }

    @Override
    long target(Op op, long object) {
        return op instanceof ServiceOp ? service : instance;
    }

    @Override
    Call next(Random r) {
        return switch (r.nextInt(12)) {
            case 0, 1 -> new Call(ServiceOp.HOST, List.of("m"));
            case 2, 3, 4 -> new Call(ServiceOp.NEXT, timeout(r));
            case 5, 6, 7 -> new Call(
                    ServiceOp.ANSWER, (int) Math.max(0, lastCall - r.nextInt(4)), r.nextBoolean(), r.nextInt(9));
            case 8 -> r.nextBoolean() ? new Call(ServiceOp.METHODS) : new Call(InstanceOp.SERVICE);
            default -> new Call(InstanceOp.CALL, "m", List.of(r.nextInt(5)), timeout(r));
        };
    }

    private static Object asLongs(@Nullable Object arguments) {
        return ((List<?>) arguments).stream().map(n -> (Object) (long) (int) n).toList();
    }

    private @Nullable Object fetch() {
        for (Wait w : waits) {
            if (w.phase.equals(WAITING)) {
                w.phase = RUNNING;
                return tup(w.levels, instance, "m", asLongs(w.args[1]));
            }
        }
        return null;
    }

    @Override
    @Nullable
    Object call(long session, Op op, @Nullable Object... args) {
        if (op == ServiceOp.METHODS) {
            return host == 0 ? ABSENT : (Object) List.of("m");
        } else if (op == InstanceOp.SERVICE) {
            return new Coded.Ref(ObjectType.SERVICE, service);
        } else if (op == InstanceOp.CALL) {
            if (host == 0) {
                return error(ErrorCode.ILLEGAL_STATE);
            }
            int timeout = (int) args[2];
            if (timeout == 0) {
                return error(ErrorCode.BAD_ARGUMENT);
            }
            Object reply = park(session, op, args, timeout, ABSENT);
            if (timeout >= -1) {
                Wait w = waits.get(waits.size() - 1);
                w.phase = WAITING;
                w.levels = ++lastCall;
            }
            return reply;
        } else if (op == ServiceOp.HOST) {
            if (host != 0 && host != session) {
                return error(ErrorCode.ILLEGAL_STATE);
            }
            host = session;
            return null;
        }
        if (host != session) {
            return error(ErrorCode.NOT_OWNER);
        }
        if (op == ServiceOp.NEXT) {
            int timeout = (int) args[0];
            if (timeout < -1) {
                return error(ErrorCode.BAD_ARGUMENT);
            }
            Object fetched = fetch();
            return fetched != null ? fetched : park(session, op, args, timeout, ABSENT);
        }
        for (Wait w : List.copyOf(waits)) {
            if (w.phase.equals(RUNNING) && w.levels == (int) args[0]) {
                finish(w, tup(args[1], (long) (int) args[2]));
            }
        }
        return null;
    }

    @Override
    Object timedOut(Wait w) {
        return w.op == ServiceOp.NEXT ? ABSENT : CANCELLED;
    }

    @Override
    void ended(long session) {
        if (host == session) {
            host = 0;
            for (Wait w : List.copyOf(waits)) {
                finish(w, error(ErrorCode.ILLEGAL_STATE));
            }
        }
    }

    @Override
    void settle() {
        for (Wait w : List.copyOf(waits)) {
            if (w.op == ServiceOp.NEXT) {
                Object fetched = fetch();
                if (fetched != null) {
                    finish(w, fetched);
                }
            }
        }
    }
}
