package io.multiproc.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Arg;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.op.Shape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Requests of every row, right and wrong. */
class ArgsTest {
    private static final Map<String, byte[]> GOLDEN = Golden.read("values.hex");

    private static Set<Tag> tags(Shape shape) {
        return switch (shape) {
            case NOTHING -> EnumSet.noneOf(Tag.class);
            case BOOL -> EnumSet.of(Tag.FALSE, Tag.TRUE);
            case INT -> EnumSet.of(Tag.INT8, Tag.INT16, Tag.INT32, Tag.INT64);
            case TEXT -> EnumSet.of(Tag.STRING);
            case VALUE -> EnumSet.complementOf(EnumSet.of(Tag.ABSENT));
            case KEY -> EnumSet.complementOf(EnumSet.of(Tag.ABSENT, Tag.LIST, Tag.SET, Tag.DICT, Tag.OPAQUE));
            case NUMBER -> EnumSet.of(
                    Tag.FALSE,
                    Tag.TRUE,
                    Tag.INT8,
                    Tag.INT16,
                    Tag.INT32,
                    Tag.INT64,
                    Tag.BIGINT,
                    Tag.FLOAT32,
                    Tag.FLOAT64,
                    Tag.DECIMAL);
            case VALUES, KEYS, TUPLE -> EnumSet.of(Tag.LIST, Tag.TUPLE);
            case PAIRS -> EnumSet.of(Tag.DICT);
            case REF -> EnumSet.of(Tag.REF);
        };
    }

    private static byte[] right(Shape shape) {
        return GOLDEN.get(
                switch (shape) {
                    case BOOL -> "true";
                    case INT -> "int32_-1";
                    case TEXT, KEY, VALUE -> "string_a";
                    case NUMBER -> "float64_0.1";
                    case VALUES, KEYS, TUPLE -> "list_1_2";
                    case PAIRS -> "dict_a_1";
                    case REF -> "ref_dict_1";
                    case NOTHING -> throw new IllegalArgumentException();
                });
    }

    private static byte[][] rightArgs(Op op) {
        return op.spec().args().stream().map(a -> right(a.shape())).toArray(byte[][]::new);
    }

    private static ValueException refused(Op op, byte[]... args) {
        return assertThrows(ValueException.class, () -> Args.of(op, args), op.wireName());
    }

    @Test
    void rightShapesAreAccepted() {
        for (Op op : OpTable.all()) {
            byte[][] args = rightArgs(op);
            Args parsed = Args.of(op, args);
            assertEquals(args.length, parsed.count());
            for (int i = 0; i < args.length; i++) {
                assertArrayEquals(args[i], parsed.value(i), op.wireName());
                assertTrue(parsed.present(i));
                assertEquals(args[i].length, parsed.stop(i) - parsed.start(i));
            }
            byte[] again = parsed.encoded();
            assertEquals(args.length, Args.parse(op, again, 0, again.length).count());
        }
    }

    /** Who keeps all arguments of a request that has its own array need not copy them; who keeps a part does. */
    @Test
    void argumentsOfTheirOwnAreGiven() {
        byte[] both = new ByteWriter().string("key").string("value").toByteArray();
        Args own = Args.parseOwn(DictOp.SET, 2, both);
        assertSame(both, own.encoded(0, 1));
        assertArrayEquals(new ByteWriter().string("value").toByteArray(), own.value(1));
        byte[] one = new ByteWriter().string("value").toByteArray();
        assertSame(one, Args.parseOwn(ListOp.ADD, 1, one).value(0));
        byte[] counted = new ByteWriter().u8(2).raw(both).toByteArray();
        Args shared = Args.parse(DictOp.SET, counted, 0, counted.length);
        assertArrayEquals(both, shared.encoded(0, 1));
        ValueException e = assertThrows(ValueException.class, () -> Args.parseOwn(DictOp.SET, 1, both));
        assertEquals(ErrorCode.BAD_ARGUMENT, e.code());
        assertThrows(ValueException.class, () -> Args.parseOwn(DictOp.SET, 2, one));
        assertThrows(ValueException.class, () -> Args.parseOwn(ListOp.ADD, 1, both));
    }

    @Test
    void everyTagInEveryPositionOfEveryRow() {
        for (Op op : OpTable.all()) {
            List<Arg> positions = op.spec().args();
            for (int i = 0; i < positions.size(); i++) {
                Arg arg = positions.get(i);
                for (Map.Entry<String, byte[]> vector : GOLDEN.entrySet()) {
                    byte[] value = vector.getValue();
                    Tag tag = Tag.of(value, 0);
                    byte[][] args = rightArgs(op);
                    args[i] = value;
                    String where = op.wireName() + " " + arg + " " + vector.getKey();
                    boolean keyed =
                            arg.shape() == Shape.KEY && tag == Tag.OPAQUE && Values.isHashable(value, 0, value.length);
                    boolean fits = keyed || tags(arg.shape()).contains(tag) || (tag == Tag.ABSENT && arg.optional());
                    boolean unhashable = arg.shape() == Shape.KEYS && tag == Tag.LIST && !onlyHashable(value)
                            || (arg.shape() == Shape.KEY && fits && !Values.isHashable(value, 0, value.length));
                    if (fits && !unhashable) {
                        Args.of(op, args);
                        continue;
                    }
                    ValueException e = refused(op, args);
                    String text = e.getMessage();
                    assertTrue(text.startsWith(op.wireName() + ":"), where + ": " + text);
                    if (tag == Tag.ABSENT) {
                        assertEquals(ErrorCode.BAD_ARGUMENT, e.code(), where);
                        assertTrue(text.contains(arg.name() + " is missing"), text);
                    } else if (arg.shape() == Shape.KEY || unhashable) {
                        assertEquals(ErrorCode.UNHASHABLE, e.code(), where);
                        assertTrue(text.contains("unhashable type"), text);
                    } else {
                        assertEquals(ErrorCode.WRONG_TYPE, e.code(), where);
                        assertTrue(text.contains(arg.name() + " must be " + arg.shape()), text);
                        assertTrue(text.contains(tag.typeName()), text);
                    }
                }
            }
        }
    }

    private static boolean onlyHashable(byte[] list) {
        for (byte[] e : Values.elements(list, 0)) {
            if (!Values.isHashable(e, 0, e.length)) {
                return false;
            }
        }
        return true;
    }

    @Test
    void unhashableKeysWithinContainers() {
        byte[] list = GOLDEN.get("list_1_2");
        byte[] opaque = GOLDEN.get("opaque_3_bytes");
        for (byte[] bad : List.of(list, opaque, Values.container(Tag.TUPLE, List.of(list)))) {
            assertEquals(ErrorCode.UNHASHABLE, refused(DictOp.GET, bad).code());
            assertEquals(
                    ErrorCode.UNHASHABLE,
                    refused(DictOp.GET_MANY, Values.container(Tag.LIST, List.of(Values.NULL, bad)))
                            .code());
            assertEquals(
                    ErrorCode.UNHASHABLE,
                    refused(DictOp.PUT_ALL, Values.container(Tag.DICT, List.of(bad, Values.NULL)))
                            .code());
        }
        // as a value of the pairs anything may stand
        Args.of(DictOp.PUT_ALL, Values.container(Tag.DICT, List.of(Values.NULL, list)));
    }

    @Test
    void wrongCounts() {
        for (Op op : OpTable.all()) {
            byte[][] args = rightArgs(op);
            for (int n = 0; n <= args.length + 1; n++) {
                List<byte[]> some = new ArrayList<>(List.of(args)).subList(0, Math.min(n, args.length));
                if (n > args.length) {
                    some.add(Values.NULL);
                }
                byte[][] given = some.toArray(byte[][]::new);
                if (n >= op.spec().required() && n <= args.length) {
                    Args parsed = Args.of(op, given);
                    for (int i = n; i < args.length; i++) {
                        assertTrue(!parsed.present(i));
                    }
                } else {
                    ValueException e = refused(op, given);
                    assertEquals(ErrorCode.BAD_ARGUMENT, e.code());
                    assertTrue(e.getMessage().contains(op.wireName()), e.getMessage());
                    assertTrue(e.getMessage().contains("got " + n + " arguments"), e.getMessage());
                }
            }
            assertThrows(ValueException.class, () -> Args.parse(op, new byte[] {-1}, 0, 1));
        }
    }

    @Test
    void bytesAfterTheLastArgumentAndCutArguments() {
        for (Op op : OpTable.all()) {
            byte[] right = Args.of(op, rightArgs(op)).encoded();
            byte[] more = java.util.Arrays.copyOf(right, right.length + 2);
            ValueException e = assertThrows(ValueException.class, () -> Args.parse(op, more, 0, more.length));
            assertEquals(ErrorCode.BAD_ARGUMENT, e.code());
            assertTrue(e.getMessage().contains("2 bytes after the last argument"), e.getMessage());
            for (int n = 0; n < right.length; n++) {
                int end = n;
                e = assertThrows(ValueException.class, () -> Args.parse(op, right, 0, end), op.wireName());
                assertTrue(e.code() == ErrorCode.BAD_ARGUMENT || e.code() == ErrorCode.BAD_VALUE);
            }
        }
    }

    @Test
    void namesAreBounded() {
        Args.of(ManagerOp.FIND, Values.ofText("x".repeat(1024)));
        Args.of(ManagerOp.FIND, Values.ofText("\u20ac".repeat(341)));
        ValueException e = refused(ManagerOp.FIND, Values.ofText("x".repeat(1025)));
        assertEquals(ErrorCode.TOO_LARGE, e.code());
        assertTrue(e.getMessage().contains("name exceeds 1024 bytes"), e.getMessage());
    }

    @Test
    void accessors() {
        for (Op op : OpTable.all()) {
            if (op.has(Flag.MAY_PARK)) {
                byte[][] args = rightArgs(op);
                args[args.length - 1] = GOLDEN.get("int8_127");
                assertEquals(127, Args.of(op, args).integer(args.length - 1));
            }
        }
        Args pairs = Args.of(DictOp.PUT_ALL, GOLDEN.get("dict_a_1"));
        assertEquals(2, pairs.values(0).size());
    }
}
