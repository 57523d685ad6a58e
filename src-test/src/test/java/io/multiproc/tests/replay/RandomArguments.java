package io.multiproc.tests.replay;

import io.multiproc.protocol.op.Arg;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.ServiceOp;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Random but plausible arguments of an operation, by the shapes and names in its row. */
final class RandomArguments {
    private static final String[] WORDS = {
        "k", "\u0130stanbul", "i", "I", "\u0131", "\u00df", "\ud83d\ude00", "k\u0301", "x".repeat(300)
    };

    private final Random random;
    private final Function<@Nullable ObjectType, byte[]> objects;
    private long fencingLock;
    private long fencingToken;

    /** @param objects gives a reference to the named object of a type, or to any object */
    RandomArguments(Random random, Function<@Nullable ObjectType, byte[]> objects) {
        this.random = random;
        this.objects = objects;
    }

    /** A lock was granted under a token. */
    void granted(long lock, long token) {
        fencingLock = lock;
        fencingToken = token;
    }

    /** The name of the one object of a type that has one. */
    static String name(ObjectType type) {
        return "the " + type.wireName().toUpperCase(Locale.ROOT);
    }

    /** With what an object of a type is made. Queues are small, so that puts wait. */
    static byte[] made(ObjectType type, byte[] ref) {
        List<byte[]> of =
                switch (type) {
                    case VALUE -> List.of(Values.ofText("i"), Values.ofInteger(1));
                    case ARRAY -> List.of(Values.ofText("d"), Values.ofInteger(5));
                    case ITERATOR, INSTANCE -> List.of(ref);
                    case QUEUE,
                            JOINABLE_QUEUE,
                            PRIORITY_QUEUE,
                            SEMAPHORE,
                            BOUNDED_SEMAPHORE,
                            BARRIER,
                            COUNT_DOWN_LATCH -> List.of(Values.ofInteger(2));
                    default -> List.of();
                };
        return Values.container(Tag.LIST, of);
    }

    /**
     * All arguments of an operation.
     *
     * @param made the type that it makes, if it makes an object, out of {@code ref}
     */
    byte[][] of(Op op, ObjectType made, byte[] ref) {
        if (op == ManagerOp.OPEN || op == ManagerOp.CREATE) {
            List<byte[]> out = new ArrayList<>(List.of(Values.ofText(made.wireName())));
            if (op == ManagerOp.OPEN) {
                out.add(Values.ofText(name(below(10) == 0 ? ObjectType.DICT : made)));
            }
            out.add(made(made, ref));
            return out.toArray(new byte[0][]);
        }
        List<byte[]> out = new ArrayList<>();
        if (op == DictOp.SET_FENCED && below(2) == 0) {
            return new byte[][] {key(), any(), Values.ofInteger(fencingLock), Values.ofInteger(fencingToken)};
        }
        for (Arg arg : op.spec().args()) {
            boolean absent = arg.optional() && random.nextBoolean();
            out.add(absent ? Values.ABSENT : value(op, arg));
        }
        return out.toArray(new byte[0][]);
    }

    private int below(int n) {
        return random.nextInt(n);
    }

    private byte[] value(Op op, Arg arg) {
        return switch (arg.shape()) {
            case INT -> integer(arg.name());
            case TEXT -> text(arg.name());
            case BOOL -> Values.ofBool(random.nextBoolean());
            case NUMBER -> below(4) == 0 ? floating() : Values.ofInteger(below(3));
            case KEY -> key();
            case VALUE -> arg.name().equals("letters") ? objects.apply(ObjectType.QUEUE) : any();
            case VALUES -> Values.container(
                    Tag.LIST,
                    op == ManagerOp.REGISTER_CLASSES
                            ? List.of(record())
                            : op == ServiceOp.HOST ? List.of(Values.ofText("m")) : some());
            case KEYS -> Values.container(Tag.LIST, List.of(key(), key()));
            case PAIRS -> Values.container(
                    Tag.DICT, op == ManagerOp.RELEASE ? List.of(id(), Values.ofInteger(1 + below(3))) : pairs());
            case REF -> objects.apply(null);
            case TUPLE, NOTHING -> throw new IllegalStateException(op.wireName() + " takes " + arg);
        };
    }

    private byte[] floating() {
        long bits = Double.doubleToLongBits(below(2) == 0 ? 0.5 : random.nextDouble());
        return new ByteWriter().tag(Tag.FLOAT64).i64(bits).toByteArray();
    }

    private byte[] id() {
        byte[] ref = objects.apply(null);
        return Values.ofInteger(ref.length > 1 ? Values.refId(ref, 0) : 1);
    }

    private byte[] integer(String name) {
        return switch (name) {
            case "timeout" -> Values.ofInteger(new int[] {0, 0, -1, 2, 8, 40}[below(6)]);
            case "holder" -> Values.ofInteger(below(2));
            case "object", "lock" -> id();
            case "number" -> Values.ofInteger(1 + below(12));
            case "permits", "steps", "limit", "step" -> Values.ofInteger(1 + below(3));
            case "cursor", "parts", "times" -> Values.ofInteger(below(4));
            case "count" -> Values.ofInteger(new int[] {-1, 1, 2}[below(3)]);
            case "version" -> Values.ofInteger(below(40));
            default -> Values.ofInteger(below(9) - 4L);
        };
    }

    private byte[] text(String name) {
        return switch (name) {
            case "type" -> Values.ofText(ObjectType.values()[below(ObjectType.values().length)].wireName());
            case "condition" -> Values.ofText("c" + below(2));
            default -> Values.ofText(name(ObjectType.values()[below(ObjectType.values().length)]));
        };
    }

    private byte[] word() {
        return Values.ofText(WORDS[below(WORDS.length)]);
    }

    private byte[] key() {
        return switch (below(6)) {
            case 0 -> word();
            case 1 -> Values.container(Tag.TUPLE, List.of(Values.ofInteger(below(3)), word()));
            case 2 -> floating();
            default -> Values.ofInteger(below(6));
        };
    }

    private byte[] any() {
        return switch (below(12)) {
            case 0 -> objects.apply(null);
            case 1 -> Values.container(Tag.LIST, List.of(objects.apply(null), Values.ofInteger(below(3))));
            case 2, 3 -> word();
            case 4 -> Values.NULL;
            case 5 -> floating();
            case 6 -> Values.ofText("v".repeat(below(3_000)));
            case 7 -> Values.container(Tag.DICT, pairs());
            default -> Values.ofInteger(below(5));
        };
    }

    private List<byte[]> some() {
        List<byte[]> out = new ArrayList<>();
        for (int n = below(4); n > 0; n--) {
            out.add(any());
        }
        return out;
    }

    private List<byte[]> pairs() {
        List<byte[]> out = new ArrayList<>();
        int first = below(6);
        for (int n = below(3); n > 0; n--) {
            out.add(Values.ofInteger(first + n));
            out.add(below(4) == 0 ? objects.apply(null) : Values.ofInteger(n));
        }
        return out;
    }

    /** A class as clients register one. */
    private byte[] record() {
        byte[] fields = Values.container(
                Tag.DICT, List.of(Values.ofText("f"), Values.ofText(below(4) > 0 ? "int" : "java.lang.String")));
        int number = below(5);
        return Values.container(
                Tag.TUPLE,
                List.of(Values.ofInteger(number), Values.ofText("class" + number), Values.ofText("a record"), fields));
    }
}
