package io.multiproc.server.state;

import static io.multiproc.server.state.Coded.Special.ABSENT;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The four queues. What was delivered and not acknowledged comes back to its place when its consumer ends; of a joinable queue what is
 * not done, acknowledged or not.
 */
final class QueueModel extends Model {
    private record Item(long value, long accepted) {}

    private record Delivery(long session, List<Item> items) {}

    private record Worked(long session, long of, Item item) {}

    /** Of a joinable queue, what was taken and is not done, the oldest first. */
    private final List<Worked> worked = new ArrayList<>();

    private final ObjectType type;
    private final int capacity;
    private final List<Item> items = new ArrayList<>();
    private final Map<Long, Delivery> deliveries = new TreeMap<>();
    private long accepted;
    private long unfinished;
    private boolean shutDown;
    private boolean drops;

    QueueModel(ObjectType type) {
        this.type = type;
        capacity = type == ObjectType.SIMPLE_QUEUE ? Integer.MAX_VALUE : 3;
    }

    @Override
    ObjectType type() {
        return type;
    }

    @Override
    List<Object> arguments() {
        return type == ObjectType.SIMPLE_QUEUE ? List.of() : List.of(capacity);
    }

    @Override
    Call next(Random r) {
        int value = r.nextInt(9);
        if (r.nextInt(40) == 0) {
            return r.nextInt(3) > 0 ? new Call(QueueOp.SHUTDOWN, r.nextBoolean()) : new Call(QueueOp.IS_SHUTDOWN);
        }
        return switch (r.nextInt(16)) {
            case 0, 1, 2, 3, 4 -> new Call(QueueOp.PUT, value, timeout(r));
            case 5, 6, 7, 8, 9 -> new Call(QueueOp.TAKE, timeout(r));
            case 10 -> new Call(QueueOp.ADD_ALL, List.of(value, value + 1));
            case 11 -> new Call(QueueOp.DRAIN, r.nextInt(4) - 1);
            case 12 -> new Call(r.nextBoolean() ? QueueOp.PEEK : QueueOp.REMAINING_CAPACITY);
            case 13 -> new Call(QueueOp.SIZE);
            case 14 -> type == ObjectType.JOINABLE_QUEUE ? new Call(QueueOp.JOIN, timeout(r)) : new Call(QueueOp.SIZE);
            default -> type == ObjectType.JOINABLE_QUEUE
                    ? new Call(r.nextInt(3) > 0 ? QueueOp.TASK_DONE : QueueOp.UNFINISHED)
                    : new Call(QueueOp.PEEK);
        };
    }

    private void accept(Object value) {
        insert(new Item((int) value, accepted++));
        unfinished++;
    }

    private void comeBack(Item item) {
        if (drops) {
            unfinished = Math.max(0, unfinished - 1);
        } else {
            insert(item);
        }
    }

    private void insert(Item item) {
        items.add(item);
        Comparator<Item> order = Comparator.comparingLong(Item::accepted);
        items.sort(
                type == ObjectType.PRIORITY_QUEUE
                        ? Comparator.comparingLong(Item::value).thenComparing(order)
                        : order);
    }

    private boolean anyWaits(QueueOp op) {
        return waits.stream().anyMatch(w -> w.op == op);
    }

    private List<Object> take(long session, long of, int most) {
        List<Item> taken = new ArrayList<>(items.subList(0, Math.min(most, items.size())));
        items.removeAll(taken);
        if (!taken.isEmpty()) {
            deliveries.put(of, new Delivery(session, taken));
            if (type == ObjectType.JOINABLE_QUEUE) {
                taken.forEach(i -> worked.add(new Worked(session, of, i)));
            }
        }
        List<Object> values = new ArrayList<>();
        taken.forEach(i -> values.add(i.value));
        return values;
    }

    @Override
    @Nullable
    Object call(long session, Op op, @Nullable Object... args) {
        return switch ((QueueOp) op) {
            case PUT -> {
                if ((int) args[1] < -1) {
                    yield error(ErrorCode.BAD_ARGUMENT);
                }
                if (shutDown) {
                    yield error(ErrorCode.QUEUE_SHUT_DOWN);
                }
                if (anyWaits(QueueOp.PUT) || items.size() >= capacity) {
                    yield park(session, op, args, (int) args[1], false);
                }
                accept(args[0]);
                yield true;
            }
            case TAKE -> {
                if ((int) args[0] < -1) {
                    yield error(ErrorCode.BAD_ARGUMENT);
                }
                if (items.isEmpty() && shutDown) {
                    yield error(ErrorCode.QUEUE_SHUT_DOWN);
                }
                yield items.isEmpty()
                        ? park(session, op, args, (int) args[0], ABSENT)
                        : take(session, request, 1).get(0);
            }
            case ADD_ALL -> {
                if (shutDown) {
                    yield error(ErrorCode.QUEUE_SHUT_DOWN);
                }
                List<?> values = (List<?>) args[0];
                long takers = waits.stream().filter(w -> w.op == QueueOp.TAKE).count();
                if (anyWaits(QueueOp.PUT) || (long) items.size() + values.size() > capacity + takers) {
                    yield false;
                }
                values.forEach(this::accept);
                yield true;
            }
            case DRAIN -> (int) args[0] < 0 ? error(ErrorCode.BAD_ARGUMENT) : take(session, request, (int) args[0]);
            case PEEK -> items.isEmpty() ? ABSENT : (Object) items.get(0).value;
            case REMAINING_CAPACITY -> (long)
                    Math.max(0, capacity == Integer.MAX_VALUE ? capacity : capacity - items.size());
            case SIZE -> (long) items.size();
            case IS_SHUTDOWN -> shutDown;
            case SHUTDOWN -> {
                shutDown = true;
                if ((boolean) args[0]) {
                    drops = true;
                    unfinished = Math.max(0, unfinished - items.size());
                    items.clear();
                }
                yield null;
            }
            case JOIN -> unfinished == 0 && (int) args[0] >= -1 ? true : park(session, op, args, (int) args[0], false);
            case TASK_DONE -> {
                if (unfinished == 0) {
                    yield error(ErrorCode.ILLEGAL_STATE);
                }
                unfinished--;
                Worked oldest = worked.stream()
                        .filter(w -> w.session == session)
                        .findFirst()
                        .orElse(worked.isEmpty() ? null : worked.get(0));
                worked.remove(oldest);
                yield null;
            }
            default -> unfinished;
        };
    }

    @Override
    @Nullable
    Object timedOut(Wait w) {
        return w.op == QueueOp.TAKE ? ABSENT : (Object) false;
    }

    @Override
    Map<Long, Long> unacknowledged() {
        Map<Long, Long> out = new TreeMap<>();
        deliveries.forEach((of, d) -> out.put(of, d.session));
        return out;
    }

    @Override
    void received(long session, long of, boolean kept) {
        Delivery delivery = deliveries.remove(of);
        if (delivery == null || kept) {
            return;
        }
        if (type == ObjectType.JOINABLE_QUEUE) {
            giveBack(worked.stream().filter(w -> w.of == of).toList());
        } else {
            delivery.items.forEach(this::comeBack);
        }
    }

    private void giveBack(List<Worked> items) {
        worked.removeAll(items);
        items.forEach(w -> comeBack(w.item));
    }

    @Override
    void ended(long session) {
        for (long of : List.copyOf(deliveries.keySet())) {
            Delivery delivery = deliveries.get(of);
            if (delivery != null && delivery.session == session) {
                received(session, of, false);
            }
        }
        giveBack(worked.stream().filter(w -> w.session == session).toList());
    }

    @Override
    void settle() {
        boolean again = true;
        while (again) {
            again = false;
            for (Wait w : List.copyOf(waits)) {
                if (w.op == QueueOp.TAKE && !items.isEmpty() && first(w)) {
                    finish(w, take(w.session, w.request, 1).get(0));
                    again = true;
                } else if (shutDown && (w.op == QueueOp.TAKE || w.op == QueueOp.PUT)) {
                    finish(w, error(ErrorCode.QUEUE_SHUT_DOWN));
                    again = true;
                } else if (w.op == QueueOp.PUT && items.size() < capacity && first(w)) {
                    Object value = w.args[0];
                    finish(w, true);
                    if (value != null) {
                        accept(value);
                    }
                    again = true;
                } else if (w.op == QueueOp.JOIN && unfinished == 0) {
                    finish(w, true);
                }
                if (again) {
                    break;
                }
            }
        }
    }

    private boolean first(Wait w) {
        return waits.stream().filter(other -> other.op == w.op).findFirst().orElse(w) == w;
    }
}
