package io.multiproc.server.state;

import io.multiproc.protocol.op.Arg;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.ServiceOp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random but plausible arguments for each row of the operation table. */
final class RandomCalls {
    static final List<String> NAMES = java.util.stream.IntStream.range(0, ObjectType.values().length)
            .mapToObj(i -> "n" + i)
            .toList();

    private final Random random;
    private final Bench bench;

    RandomCalls(Random random, Bench bench) {
        this.random = random;
        this.bench = bench;
    }

    private int below(int n) {
        return random.nextInt(n);
    }

    /** A row for an object of a type; null for the manager. */
    Op op(@Nullable ObjectType type) {
        List<Op> rows = type == null ? List.of(ManagerOp.values()) : type.operations();
        Op op = rows.get(below(rows.size()));
        if (op == QueueOp.SHUTDOWN && below(15) > 0) {
            return rows.get(below(rows.size()));
        }
        boolean rare = op == DictOp.CLEAR || op == ManagerOp.DELETE || op == ManagerOp.CREATE;
        return rare && below(3) > 0 ? rows.get(below(rows.size())) : op;
    }

    @Nullable
    Object[] args(Op op) {
        List<Arg> positions = op.spec().args();
        @Nullable Object[] out = new Object[positions.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = arg(op, positions.get(i));
        }
        if (op == ManagerOp.OPEN) {
            // each name has its type, most of the time
            String name = NAMES.get(below(NAMES.size()));
            out[1] = name;
            ObjectType type = ObjectType.values()[NAMES.indexOf(name)];
            if (below(10) > 0) {
                out[0] = type.wireName();
            }
            out[2] = type == ObjectType.BARRIER && below(2) == 0
                    ? List.of(2, reference(ObjectType.INSTANCE), "m")
                    : arguments(type);
        }
        if (op == QueueOp.CONFIGURE && below(4) > 0) {
            boolean letters = below(2) == 0;
            out[0] = below(3) == 0 ? 0 : 1 + below(40);
            out[1] = letters ? 1 + below(3) : 0;
            out[2] = letters ? new Coded.Ref(ObjectType.QUEUE, ObjectType.QUEUE.ordinal() + 1L) : Coded.Special.ABSENT;
        }
        if (op == DictOp.SET_FENCED && below(2) == 0) {
            for (long id = 1; id <= ObjectType.values().length; id++) {
                if (bench.state.object(id) instanceof LockState lock) {
                    out[2] = id;
                    out[3] = lock.token();
                }
            }
        }
        return out;
    }

    /** Small queues, so that puts wait. */
    static List<Object> arguments(ObjectType type) {
        return switch (type) {
            case VALUE -> List.of("i", 1);
            case ARRAY -> List.of("d", 5);
            case ITERATOR -> List.of(new Coded.Ref(ObjectType.DICT, 1));
            case INSTANCE -> List.of(new Coded.Ref(ObjectType.SERVICE, ObjectType.SERVICE.ordinal() + 1L));
            case QUEUE, JOINABLE_QUEUE, PRIORITY_QUEUE, SEMAPHORE, BOUNDED_SEMAPHORE, BARRIER, COUNT_DOWN_LATCH -> List
                    .of(2);
            default -> List.of();
        };
    }

    private @Nullable Object arg(Op op, Arg arg) {
        if (arg.optional() && below(2) == 0) {
            return Coded.Special.ABSENT;
        }
        return switch (arg.shape()) {
            case INT -> integer(arg.name());
            case TEXT -> text(arg.name());
            case BOOL -> random.nextBoolean();
            case NUMBER -> below(4) == 0 ? (Object) 0.5 : (Object) below(3);
            case KEY -> key();
            case VALUE -> value();
            case VALUES -> op == ManagerOp.REGISTER_CLASSES
                    ? List.of(Coded.tup(
                            below(5),
                            "class" + below(5),
                            "a record",
                            Map.of("f", below(2) == 0 ? "int" : "java.lang.String")))
                    : op == ManagerOp.CREATE || op == ManagerOp.OPEN
                            ? List.of()
                            : op == ServiceOp.HOST ? List.of("m") : values();
            case KEYS -> List.of(key(), key());
            case PAIRS -> op == ManagerOp.RELEASE ? Map.of(1 + below((int) bench.index + 1), 1 + below(3)) : pairs();
            case TUPLE, REF, NOTHING -> throw new IllegalStateException(op.wireName());
        };
    }

    private Object integer(String name) {
        return switch (name) {
            case "timeout" -> new int[] {0, -1, 2, 8, 40}[below(5)];
            case "holder" -> below(2);
            case "object", "lock" -> objectId();
            case "number" -> below(2) == 0 ? below(12) : below((int) bench.index + 1);
            case "permits", "steps" -> 1 + below(3);
            case "limit" -> 1 + below(4);
            case "parts" -> below(3);
            case "cursor" -> below(8);
            case "count" -> new int[] {-1, 1, 2}[below(3)];
            case "times" -> below(3);
            case "version" -> below(40);
            case "step" -> new int[] {1, 1, 2, -1, -2}[below(5)];
            default -> below(9) - 4;
        };
    }

    private String text(String name) {
        return switch (name) {
            case "type" -> ObjectType.values()[below(ObjectType.values().length)].wireName();
            case "condition" -> "c" + below(2);
            default -> NAMES.get(below(NAMES.size()));
        };
    }

    private Object key() {
        return below(2) == 0 ? (Object) below(6) : below(8) == 0 ? reference() : "k" + below(6);
    }

    private @Nullable Object value() {
        return switch (below(8)) {
            case 0 -> reference();
            case 1 -> List.of(reference(), below(3));
            case 2 -> "text" + below(3);
            case 3 -> null;
            default -> below(5);
        };
    }

    private List<@Nullable Object> values() {
        List<@Nullable Object> out = new java.util.ArrayList<>();
        for (int n = below(4); n > 0; n--) {
            out.add(value());
        }
        return out;
    }

    private Map<Object, @Nullable Object> pairs() {
        Map<Object, @Nullable Object> out = new LinkedHashMap<>();
        for (int n = below(3); n > 0; n--) {
            out.put(key(), value());
        }
        return out;
    }

    /** A reference to a live object of a type, if there is one among the newest. */
    private Object reference(ObjectType type) {
        for (long id = highest; id > 0 && id > highest - 200; id--) {
            ObjectState object = bench.state.object(id);
            if (object != null && object.type() == type) {
                return new Coded.Ref(type, id);
            }
        }
        return 0;
    }

    /** A reference to a live object, if a few attempts find one. */
    private Object reference() {
        for (int i = 0; i < 10; i++) {
            ObjectState object = bench.state.object(objectId());
            if (object != null) {
                return new Coded.Ref(object.type(), object.id());
            }
        }
        return 0;
    }

    /** An id that is, was or will soon be one of an object. */
    long objectId() {
        long newest = 1;
        while (newest < bench.index && newest < highest + 5) {
            newest++;
            if (bench.state.object(newest) != null) {
                highest = Math.max(highest, newest);
            }
        }
        return below(3) == 0 ? 1 + below((int) highest + 1) : Math.max(1, highest - below(32));
    }

    private long highest = ObjectType.values().length;
}
