package io.multiproc.server.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.multiproc.protocol.op.Arg;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.Shape;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bytes of entries: those of the golden file, those of random ones, and those that are no entry. */
class EntryCodecTest {
    private static final long TIME = 1_790_000_000_000L;

    /** Each kind of command at least once. */
    private static Map<String, Entry> vectors() {
        Map<String, Entry> out = new LinkedHashMap<>();
        out.put("session_opened", new Entry(1, TIME, 1, 0, new Command.SessionOpened("w\u00f6rker", "tcp://[::1]:5")));
        out.put("session_connected", new Entry(128, TIME, 1, 0, new Command.SessionConnected("tcp://10.0.0.1:1")));
        out.put("session_connected_none", new Entry(2, TIME, 1, 0, new Command.SessionConnected("")));
        out.put("session_closed", new Entry(3, TIME, 1, 0, new Command.SessionClosed("closed by the client")));
        out.put("dict.put", invoke(4, DictOp.PUT, 7, Values.ofText("k"), Values.ofInteger(42)));
        out.put("queue.take", invoke(5, QueueOp.TAKE, 300, Values.ofInteger(-1)));
        out.put(
                "manager.open",
                invoke(
                        6,
                        ManagerOp.OPEN,
                        0,
                        Values.ofText("dict"),
                        Values.ofText("scores"),
                        Values.container(Tag.LIST, List.of())));
        out.put("lock.is_locked", invoke(Long.MAX_VALUE, LockOp.IS_LOCKED, Long.MAX_VALUE));
        out.put("cancel", new Entry(7, TIME, 1, 9, new Command.Cancel()));
        out.put("acknowledge", new Entry(8, TIME, 1, 10, new Command.Acknowledge()));
        out.put("give_back", new Entry(9, TIME, 1, 11, new Command.GiveBack()));
        out.put("retain", new Entry(10, TIME, 1, 0, new Command.Retain(7)));
        out.put("abandon", new Entry(11, TIME, 1, 12, new Command.Abandon()));
        out.put("orphaned", new Entry(12, TIME, 1, 0, new Command.Orphaned(7, -3, 2, 30_000)));
        out.put("tick", new Entry(13, TIME, 0, 0, new Command.Tick()));
        out.put("extremes", new Entry(Long.MAX_VALUE, 0, -1, Long.MIN_VALUE, new Command.Tick()));
        return out;
    }

    private static Entry invoke(long index, Op op, long object, byte[]... args) {
        return new Entry(index, TIME, 1, index + 8, new Command.Invoke(op, object, Args.of(op, args)));
    }

    private static Map<String, String> golden() throws IOException {
        try (InputStream in = EntryCodecTest.class.getResourceAsStream("/golden/entries/v1.hex")) {
            assertNotNull(in, "golden/entries/v1.hex is missing");
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .collect(Collectors.toMap(
                            line -> line.split(" ")[0],
                            line -> line.split(" ")[1],
                            (a, b) -> {
                                throw new AssertionError("a name twice");
                            },
                            LinkedHashMap::new));
        }
    }

    private static Entry read(byte[] bytes) {
        return EntryCodec.read(bytes, 0, bytes.length);
    }

    /** Arguments are equal when their bytes are: compares all else by the records. */
    private static void assertSame(Entry expected, Entry actual, String what) {
        assertEquals(comparable(expected), comparable(actual), what);
    }

    private static List<Object> comparable(Entry e) {
        Object command = e.command() instanceof Command.Invoke invoke
                ? List.of(
                        invoke.op(),
                        invoke.object(),
                        HexFormat.of().formatHex(invoke.args().encoded()))
                : e.command();
        return List.of(e.index(), e.time(), e.session(), e.request(), command);
    }

    @Test
    void entriesHaveTheGoldenBytes() throws IOException {
        Map<String, String> golden = golden();
        Map<String, Entry> vectors = vectors();
        assertEquals(golden.keySet(), vectors.keySet(), "each vector has a test, and each test a vector");
        vectors.forEach((name, entry) -> {
            assertEquals(golden.get(name), HexFormat.of().formatHex(EntryCodec.encode(entry)), name);
            assertSame(entry, read(HexFormat.of().parseHex(golden.get(name))), name);
        });
    }

    @Test
    void eachKindOfCommandHasAVector() {
        Set<Class<?>> kinds =
                vectors().values().stream().map(e -> e.command().getClass()).collect(Collectors.toSet());
        assertEquals(Set.of(Command.class.getPermittedSubclasses()), kinds);
    }

    @Test
    void anEntryIsReadWhereverItStands() {
        vectors().forEach((name, entry) -> {
            byte[] bytes = EntryCodec.encode(entry);
            ByteWriter out = new ByteWriter().i32(-1);
            EntryCodec.write(entry, out);
            byte[] within = out.i32(-1).toByteArray();
            assertSame(entry, EntryCodec.read(within, 4, 4 + bytes.length), name);
        });
    }

    @Test
    void randomEntriesComeBackAsTheyWere() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            Entry entry = random(random);
            byte[] bytes = EntryCodec.encode(entry);
            String what = "seed " + seed + ", entry " + i;
            Entry again = read(bytes);
            assertSame(entry, again, what);
            assertArrayEquals(bytes, EntryCodec.encode(again), what);
        }
    }

    @Test
    void noPartOfAnEntryIsOne() {
        vectors().forEach((name, entry) -> {
            byte[] bytes = EntryCodec.encode(entry);
            for (int length = 0; length < bytes.length; length++) {
                refuses(Arrays.copyOf(bytes, length), name + " cut off at " + length);
            }
            refuses(Arrays.copyOf(bytes, bytes.length + 1), name + " and a byte more");
        });
    }

    /** A changed byte is refused, or makes another entry: never one of two spellings of the same. */
    @Test
    void damagedBytesAreRefusedOrAnotherEntry() {
        vectors().forEach((name, entry) -> {
            byte[] bytes = EntryCodec.encode(entry);
            for (int at = 0; at < bytes.length; at++) {
                for (int flip = 1; flip < 256; flip++) {
                    byte[] damaged = bytes.clone();
                    damaged[at] ^= (byte) flip;
                    Entry other;
                    try {
                        other = read(damaged);
                    } catch (IllegalArgumentException e) {
                        assertNotNull(e.getMessage());
                        continue;
                    }
                    assertArrayEquals(damaged, EntryCodec.encode(other), name + " with byte " + at + " changed");
                }
            }
        });
    }

    @Test
    void randomBytesAreRefused() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = EntryCodec.FORMAT;
            }
            try {
                assertArrayEquals(bytes, EntryCodec.encode(read(bytes)), "seed " + seed);
            } catch (IllegalArgumentException e) {
                assertNotNull(e.getMessage(), "seed " + seed);
            }
        }
    }

    @Test
    void whatIsWrongIsSaid() {
        assertMessage("an entry of format 2, not 1", "0200000000 0b");
        assertMessage("an entry with a command of unknown kind 12", "0100000000 0c");
        assertMessage("an entry with a command of unknown kind 0", "0100000000 00");
        assertMessage("a damaged entry: it is cut off", "01000000");
        assertMessage("a damaged entry: 1 bytes follow it", "0100000000 0b 00");
        assertMessage("a damaged entry: a number that is longer than need be", "01 8000 000000 0b");
        assertMessage("a damaged entry: a number of more than 64 bits", "01 ffffffffffffffffff02 000000 0b");
        assertMessage("a damaged entry: a text ends beyond it", "0100000000 03 ffffffff7f");
        assertMessage("a damaged entry: a text ends beyond it", "0100000000 03 ffffffffffffffffff01");
        assertMessage("a damaged entry: a text is not UTF-8", "0100000000 03 01 ff");
        assertMessage("a damaged entry: there is no operation 0xFFFF", "0100000000 04 ffff 00 00");
        assertMessage(
                "a damaged entry: dict.size takes [], got 1 arguments",
                String.format("0100000000 04 %04x 05 01 00", DictOp.SIZE.code()));
    }

    private static void assertMessage(String expected, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertEquals(
                expected,
                assertThrows(IllegalArgumentException.class, () -> read(bytes)).getMessage());
    }

    private static void refuses(byte[] bytes, String what) {
        assertThrows(IllegalArgumentException.class, () -> read(bytes), what);
    }

    private static Entry random(Random random) {
        return new Entry(number(random), number(random), number(random), number(random), command(random));
    }

    /** Of each length equally often. */
    private static long number(Random random) {
        return random.nextLong() >>> random.nextInt(64);
    }

    private static String text(Random random) {
        StringBuilder out = new StringBuilder();
        for (int n = random.nextInt(20); n > 0; n--) {
            // any code unit, halves of surrogate pairs too: Java programs send such texts
            out.append((char) (random.nextInt(4) == 0 ? random.nextInt(0x10000) : 'a' + random.nextInt(26)));
        }
        return out.toString();
    }

    private static Command command(Random random) {
        int kinds = Command.class.getPermittedSubclasses().length;
        int kind = random.nextInt(kinds + 20);
        return switch (kind) {
            case 0 -> new Command.SessionOpened(text(random), text(random));
            case 1 -> new Command.SessionConnected(text(random));
            case 2 -> new Command.SessionClosed(text(random));
            case 3 -> new Command.Cancel();
            case 4 -> new Command.Acknowledge();
            case 5 -> new Command.GiveBack();
            case 6 -> new Command.Retain(number(random));
            case 7 -> new Command.Abandon();
            case 8 -> new Command.Orphaned(number(random), -number(random), number(random), number(random));
            case 9 -> new Command.Tick();
            default -> invoke(random);
        };
    }

    private static Command invoke(Random random) {
        List<Op> all = OpTable.all();
        Op op = all.get(random.nextInt(all.size()));
        List<byte[]> args = new ArrayList<>();
        for (Arg arg : op.spec().args()) {
            args.add(arg.optional() && random.nextBoolean() ? Values.ABSENT : value(arg.shape(), random));
        }
        return new Command.Invoke(op, number(random), Args.of(op, args.toArray(new byte[0][])));
    }

    private static byte[] value(Shape shape, Random random) {
        return switch (shape) {
            case BOOL -> Values.ofBool(random.nextBoolean());
            case INT, NUMBER -> Values.ofInteger(number(random));
            case TEXT, KEY -> Values.ofText(text(random));
            case VALUES, TUPLE, KEYS -> Values.container(Tag.LIST, List.of(Values.ofText(text(random))));
            case PAIRS -> Values.container(Tag.DICT, List.of(Values.ofText(text(random)), Values.NULL));
            case REF -> Values.ofRef(ObjectType.DICT.code(), number(random));
            case VALUE -> random.nextBoolean()
                    ? Values.NULL
                    : Values.ofText(text(random).repeat(random.nextInt(50)));
            case NOTHING -> throw new IllegalStateException("no argument");
        };
    }

    @Test
    void theSeedsReachEveryOperation() {
        Random random = new Random(1);
        Set<Integer> ops = IntStream.range(0, 20_000)
                .mapToObj(i -> command(random))
                .filter(Command.Invoke.class::isInstance)
                .map(c -> ((Command.Invoke) c).op().code())
                .collect(Collectors.toSet());
        assertEquals(OpTable.all().size(), ops.size());
    }
}
