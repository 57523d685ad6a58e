package io.multiproc.tests.redteam;

import io.multiproc.protocol.op.Arg;
import io.multiproc.protocol.op.Shape;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** The most expensive arguments of a size, by the shape that an operation's row declares. */
final class LargestValues {
    private final int bytes;
    private final Map<String, List<byte[]>> made = new HashMap<>();

    LargestValues(int bytes) {
        this.bytes = bytes;
    }

    /** All values for an argument. */
    List<byte[]> of(Arg arg) {
        String name = arg.shape() == Shape.INT ? arg.name() : "";
        return made.computeIfAbsent(arg.shape() + name, k -> make(arg.shape(), name));
    }

    private List<byte[]> make(Shape shape, String name) {
        return switch (shape) {
            case VALUE -> List.of(
                    prefixed(Tag.BIGINT),
                    prefixed(Tag.STRING),
                    filled(Tag.LIST, i -> Values.NULL),
                    filled(Tag.SET, LargestValues::int32),
                    filled(Tag.LIST, i -> decimal(3)),
                    filled(Tag.LIST, i -> bigint(2_000)),
                    filled(Tag.DICT, LargestValues::int32),
                    nested(),
                    decimal(3),
                    Values.ofInteger(7));
            case KEY -> List.of(
                    prefixed(Tag.BIGINT),
                    prefixed(Tag.STRING),
                    filled(Tag.TUPLE, LargestValues::int32),
                    filled(Tag.FROZENSET, LargestValues::int32),
                    filled(Tag.FROZENSET, i -> Values.NULL),
                    filled(Tag.TUPLE, i -> decimal(3)));
            case KEYS -> List.of(
                    filled(Tag.LIST, LargestValues::int32),
                    filled(Tag.LIST, i -> Values.NULL),
                    filled(Tag.LIST, i -> decimal(i % 5_000)),
                    Values.container(Tag.LIST, List.of(prefixed(Tag.BIGINT))));
            case VALUES -> List.of(
                    filled(Tag.LIST, LargestValues::int32),
                    filled(Tag.LIST, i -> Values.NULL),
                    filled(Tag.LIST, i -> decimal(i % 5_000)),
                    Values.container(Tag.LIST, List.of(prefixed(Tag.BIGINT))));
            case PAIRS -> List.of(
                    filled(Tag.DICT, i -> i % 2 == 0 ? int32(i) : Values.NULL),
                    filled(Tag.DICT, i -> i % 2 == 0 ? decimal(i) : Values.NULL));
            case NUMBER -> List.of(prefixed(Tag.BIGINT), decimal(3), Values.ofInteger(1));
            case TEXT -> List.of(Values.ofText("n".repeat(Limits.MAX_NAME)));
            case BOOL -> List.of(Values.FALSE, Values.TRUE);
            case INT -> switch (name) {
                case "timeout" -> List.of(Values.ofInteger(0));
                case "step", "start", "stop" -> List.of(Values.ABSENT);
                case "parts" -> List.of(Values.ofInteger(2));
                case "limit" -> List.of(Values.ofInteger(Long.MAX_VALUE), Values.ofInteger(100_000));
                case "times" -> List.of(Values.ofInteger(400), Values.ofInteger(Long.MAX_VALUE));
                default -> List.of(Values.ofInteger(0), Values.ofInteger(Long.MAX_VALUE));
            };
            case TUPLE, REF, NOTHING -> throw new IllegalStateException(shape.toString());
        };
    }

    private static byte[] int32(int i) {
        return new ByteWriter(5).tag(Tag.INT32).i32(i).toByteArray();
    }

    private static byte[] digits(Tag tag, int length, byte... first) {
        byte[] b = new byte[length];
        Arrays.fill(b, (byte) 0x55);
        System.arraycopy(first, 0, b, 0, first.length);
        return new ByteWriter(length + 8).tag(tag).varint(length).raw(b).toByteArray();
    }

    private static byte[] bigint(int length) {
        return digits(Tag.BIGINT, length);
    }

    /** One of as many digits as there may be. */
    private static byte[] decimal(int scale) {
        return digits(Tag.DECIMAL, Limits.MAX_DECIMAL + 4, new byte[] {0, 0, (byte) (scale >> 8), (byte) scale});
    }

    private byte[] prefixed(Tag tag) {
        return digits(tag, bytes);
    }

    /** A container that is full. */
    private byte[] filled(Tag tag, IntFunction<byte[]> element) {
        List<byte[]> all = new ArrayList<>();
        long size = 0;
        for (int i = 0; size < bytes || i % 2 != 0; i++) {
            byte[] e = element.apply(i);
            all.add(e);
            size += e.length;
        }
        return Values.container(tag, all);
    }

    /** As deep as a value may be, with most of it at the bottom. */
    private byte[] nested() {
        byte[] v = filled(Tag.LIST, LargestValues::int32);
        for (int i = 1; i < Limits.MAX_DEPTH; i++) {
            v = Values.container(Tag.LIST, List.of(v));
        }
        return v;
    }
}
