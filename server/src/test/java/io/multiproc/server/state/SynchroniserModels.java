package io.multiproc.server.state;

import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.tup;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.BarrierOp;
import io.multiproc.protocol.op.EventOp;
import io.multiproc.protocol.op.LatchOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.RwLockOp;
import io.multiproc.protocol.op.SemaphoreOp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Models of the synchronisers that are no locks with conditions. */
final class SynchroniserModels {
    private SynchroniserModels() {}

    static final class Event extends Model {
        private boolean set;

        @Override
        ObjectType type() {
            return ObjectType.EVENT;
        }

        @Override
        Call next(Random r) {
            return r.nextInt(3) > 0
                    ? new Call(EventOp.AWAIT, timeout(r))
                    : new Call(new EventOp[] {EventOp.SET, EventOp.CLEAR, EventOp.CLEAR, EventOp.IS_SET}[r.nextInt(4)]);
        }

        @Override
        @Nullable
        Object call(long session, Op op, @Nullable Object... args) {
            if (op == EventOp.AWAIT) {
                int timeout = (int) args[0];
                return set && timeout >= -1 ? (Object) true : park(session, op, args, timeout, false);
            }
            if (op == EventOp.IS_SET) {
                return set;
            }
            set = op == EventOp.SET;
            return null;
        }

        @Override
        void settle() {
            for (Wait w : List.copyOf(waits)) {
                if (set) {
                    finish(w, true);
                }
            }
        }
    }

    static final class Latch extends Model {
        private long count = 6;

        @Override
        ObjectType type() {
            return ObjectType.COUNT_DOWN_LATCH;
        }

        @Override
        List<Object> arguments() {
            return List.of(6);
        }

        @Override
        Call next(Random r) {
            return switch (r.nextInt(5)) {
                case 0 -> new Call(LatchOp.COUNT_DOWN, r.nextInt(4) - 1);
                case 1 -> new Call(LatchOp.COUNT);
                default -> new Call(LatchOp.AWAIT, timeout(r));
            };
        }

        @Override
        @Nullable
        Object call(long session, Op op, @Nullable Object... args) {
            if (op == LatchOp.COUNT) {
                return count;
            }
            int n = (int) args[0];
            if (op == LatchOp.AWAIT) {
                return count == 0 && n >= -1 ? (Object) true : park(session, op, args, n, false);
            }
            if (n < 1) {
                return error(ErrorCode.BAD_ARGUMENT);
            }
            count = Math.max(0, count - n);
            return count;
        }

        @Override
        void settle() {
            for (Wait w : List.copyOf(waits)) {
                if (count == 0) {
                    finish(w, true);
                }
            }
        }
    }

    static final class Semaphore extends Model {
        private final boolean bounded;
        private long free = 3;
        /** Who owns permits, the longest owner first. */
        private final Map<Long, Long> owned = new LinkedHashMap<>();

        Semaphore(boolean bounded) {
            this.bounded = bounded;
        }

        @Override
        ObjectType type() {
            return bounded ? ObjectType.BOUNDED_SEMAPHORE : ObjectType.SEMAPHORE;
        }

        @Override
        List<Object> arguments() {
            return List.of(3);
        }

        @Override
        Call next(Random r) {
            return switch (r.nextInt(8)) {
                case 0 -> new Call(SemaphoreOp.AVAILABLE);
                case 1 -> new Call(SemaphoreOp.HELD);
                case 2 -> r.nextInt(4) == 0 ? new Call(SemaphoreOp.DRAIN) : new Call(SemaphoreOp.QUEUE_LENGTH);
                case 3, 4 -> new Call(SemaphoreOp.RELEASE, r.nextInt(4));
                default -> new Call(SemaphoreOp.ACQUIRE, r.nextInt(5), timeout(r));
            };
        }

        private void take(long session, long permits) {
            free -= permits;
            owned.merge(session, permits, Long::sum);
        }

        @Override
        @Nullable
        Object call(long session, Op op, @Nullable Object... args) {
            if (op == SemaphoreOp.AVAILABLE) {
                return free;
            } else if (op == SemaphoreOp.HELD) {
                return owned.getOrDefault(session, 0L);
            } else if (op == SemaphoreOp.QUEUE_LENGTH) {
                return (long) waits.size();
            } else if (op == SemaphoreOp.DRAIN) {
                long all = free;
                if (all > 0) {
                    take(session, all);
                }
                return all;
            }
            int permits = (int) args[0];
            if (permits < 1) {
                return error(ErrorCode.BAD_ARGUMENT);
            }
            if (op == SemaphoreOp.ACQUIRE) {
                int timeout = (int) args[1];
                if (timeout < -1 || (bounded && permits > 3)) {
                    return error(ErrorCode.BAD_ARGUMENT);
                }
                if (waits.isEmpty() && permits <= free) {
                    take(session, permits);
                    return true;
                }
                return park(session, op, args, timeout, false);
            }
            long out = owned.values().stream().mapToLong(n -> n).sum();
            if (bounded && permits > out) {
                return error(ErrorCode.ILLEGAL_STATE);
            }
            long left = permits - giveBack(session, permits);
            while (left > 0 && !owned.isEmpty()) {
                left -= giveBack(owned.keySet().iterator().next(), left);
            }
            free += permits;
            return null;
        }

        private long giveBack(long session, long most) {
            long n = Math.min(most, owned.getOrDefault(session, 0L));
            owned.computeIfPresent(session, (s, has) -> has == n ? null : has - n);
            return n;
        }

        @Override
        void ended(long session) {
            Long permits = owned.remove(session);
            free += permits == null ? 0 : permits;
        }

        @Override
        void settle() {
            while (!waits.isEmpty() && waits.get(0).number(0) <= free) {
                Wait w = waits.get(0);
                take(w.session, w.number(0));
                finish(w, true);
            }
        }
    }

    static final class Barrier extends Model {
        private static final int PARTIES = 3;
        private boolean broken;

        @Override
        ObjectType type() {
            return ObjectType.BARRIER;
        }

        @Override
        List<Object> arguments() {
            return List.of(PARTIES);
        }

        @Override
        Call next(Random r) {
            return switch (r.nextInt(12)) {
                case 0 -> new Call(BarrierOp.ABORT);
                case 1, 2 -> new Call(BarrierOp.RESET);
                case 3 -> new Call(r.nextBoolean() ? BarrierOp.PARTIES : BarrierOp.WAITING);
                case 4 -> new Call(BarrierOp.IS_BROKEN);
                default -> new Call(BarrierOp.AWAIT, timeout(r));
            };
        }

        private void breakAll() {
            broken = true;
            for (Wait w : List.copyOf(waits)) {
                finish(w, -1L);
            }
        }

        @Override
        @Nullable
        Object call(long session, Op op, @Nullable Object... args) {
            if (op == BarrierOp.PARTIES) {
                return (long) PARTIES;
            } else if (op == BarrierOp.WAITING) {
                return (long) waits.size();
            } else if (op == BarrierOp.IS_BROKEN) {
                return broken;
            } else if (op == BarrierOp.AWAIT) {
                int timeout = (int) args[0];
                if (timeout < -1) {
                    return error(ErrorCode.BAD_ARGUMENT);
                }
                if (broken) {
                    return -1L;
                }
                if (waits.size() == PARTIES - 1) {
                    long arrival = 0;
                    for (Wait w : List.copyOf(waits)) {
                        finish(w, arrival++);
                    }
                    return arrival;
                }
                if (timeout == 0) {
                    breakAll();
                }
                return park(session, op, args, timeout, -2L);
            }
            breakAll();
            broken = op == BarrierOp.ABORT;
            return null;
        }

        @Override
        @Nullable
        Object timedOut(Wait w) {
            finish(w, -2L);
            breakAll();
            return null;
        }

        @Override
        @Nullable
        Object cancelled(Wait w) {
            finish(w, CANCELLED);
            breakAll();
            return null;
        }

        @Override
        void abandoned(Wait w) {
            breakAll();
        }

        @Override
        void settle() {
            // who comes last settles it
        }
    }

    static final class ReadWriteLock extends Model {
        /** Owners are texts: session and holder. */
        private final Map<String, Long> readers = new LinkedHashMap<>();

        private String writer = "";
        private long writes;
        private long token;

        @Override
        ObjectType type() {
            return ObjectType.READ_WRITE_LOCK;
        }

        @Override
        Call next(Random r) {
            int holder = r.nextInt(2);
            return switch (r.nextInt(9)) {
                case 0, 1 -> new Call(RwLockOp.ACQUIRE_WRITE, holder, timeout(r));
                case 2, 3, 4 -> new Call(RwLockOp.ACQUIRE_READ, holder, timeout(r));
                case 5 -> new Call(RwLockOp.RELEASE_READ, holder);
                case 6 -> new Call(RwLockOp.RELEASE_WRITE, holder);
                case 7 -> r.nextBoolean() ? new Call(RwLockOp.STATE) : new Call(RwLockOp.HOLDS, holder);
                default -> new Call(RwLockOp.TOKEN, holder);
            };
        }

        private static String owner(long session, @Nullable Object holder) {
            return session + "/" + holder;
        }

        private boolean free() {
            return writer.isEmpty() && readers.isEmpty();
        }

        private Object write(String owner) {
            writer = owner;
            writes = 1;
            token = Math.max(index, token + 1);
            return token;
        }

        @Override
        @Nullable
        Object call(long session, Op op, @Nullable Object... args) {
            if (op == RwLockOp.STATE) {
                long levels = readers.values().stream().mapToLong(n -> n).sum();
                return tup(levels, !writer.isEmpty(), (long) waits.size());
            }
            String me = owner(session, args[0]);
            boolean mine = writer.equals(me);
            return switch ((RwLockOp) op) {
                case HOLDS -> tup(readers.getOrDefault(me, 0L), mine ? writes : 0L);
                case TOKEN -> mine ? (Object) token : ABSENT;
                case ACQUIRE_READ -> {
                    if ((int) args[1] < -1) {
                        yield error(ErrorCode.BAD_ARGUMENT);
                    }
                    if (readers.containsKey(me) || mine || (writer.isEmpty() && waits.isEmpty())) {
                        readers.merge(me, 1L, Long::sum);
                        yield true;
                    }
                    yield park(session, op, args, (int) args[1], false);
                }
                case ACQUIRE_WRITE -> acquireWrite(session, me, mine, args);
                case RELEASE_READ -> {
                    if (!readers.containsKey(me)) {
                        yield error(ErrorCode.NOT_OWNER);
                    }
                    readers.computeIfPresent(me, (o, n) -> n == 1 ? null : n - 1);
                    yield null;
                }
                default -> {
                    if (!mine) {
                        yield error(ErrorCode.NOT_OWNER);
                    }
                    writes--;
                    writer = writes == 0 ? "" : writer;
                    yield null;
                }
            };
        }

        private @Nullable Object acquireWrite(long session, String me, boolean mine, @Nullable Object[] args) {
            int timeout = (int) args[1];
            if (timeout < -1) {
                return error(ErrorCode.BAD_ARGUMENT);
            }
            if (mine) {
                writes++;
                return token;
            }
            if (readers.containsKey(me) && timeout != 0) {
                return error(ErrorCode.ILLEGAL_STATE);
            }
            return free() && waits.isEmpty() ? write(me) : park(session, RwLockOp.ACQUIRE_WRITE, args, timeout, ABSENT);
        }

        @Override
        Object timedOut(Wait w) {
            return w.op == RwLockOp.ACQUIRE_READ ? (Object) false : ABSENT;
        }

        @Override
        void ended(long session) {
            readers.keySet().removeIf(o -> o.startsWith(session + "/"));
            if (writer.startsWith(session + "/")) {
                writer = "";
            }
        }

        @Override
        void settle() {
            while (!waits.isEmpty() && writer.isEmpty()) {
                Wait w = waits.get(0);
                String owner = owner(w.session, w.args[0]);
                if (w.op == RwLockOp.ACQUIRE_READ) {
                    readers.merge(owner, 1L, Long::sum);
                    finish(w, true);
                } else if (readers.isEmpty()) {
                    finish(w, write(owner));
                } else {
                    return;
                }
            }
        }
    }
}
