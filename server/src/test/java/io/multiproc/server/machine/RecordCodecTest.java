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
import java.nio.ByteBuffer;
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
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The bytes of records: those of the golden file, those of random ones, and those that are no record. */
class RecordCodecTest {
    private static final long TIME = 1_790_000_000_000L;
    private static final LoggedCommand TICK = new LoggedCommand(0, 0, new Command.Tick());

    /** Each kind of command at least once. */
    private static Map<String, LogRecord> vectors() {
        Map<String, LogRecord> out = new LinkedHashMap<>();
        out.put("session_opened", record(0, new Command.SessionOpened("w\u00f6rker", "tcp://[::1]:5")));
        out.put(
                "session_opened_native",
                record(
                        0,
                        new Command.SessionOpened(
                                "w", "unix:///s", Dialect.NATIVE, -0x123456789abcdefL, 30_000, "key-2")));
        out.put("session_connected", record(0, new Command.SessionConnected("tcp://10.0.0.1:1")));
        out.put("session_connected_none", record(0, new Command.SessionConnected("")));
        out.put("session_closed", record(0, new Command.SessionClosed("closed by the client")));
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
        out.put("cancel", record(9, new Command.Cancel()));
        out.put("acknowledge", record(10, new Command.Acknowledge()));
        out.put("give_back", record(11, new Command.GiveBack()));
        out.put("retain", record(0, new Command.Retain(7)));
        out.put("abandon", record(12, new Command.Abandon()));
        out.put("orphaned", record(0, new Command.Orphaned(7, -3, 2, 30_000)));
        out.put("tick", new LogRecord(TIME, 0, List.of(TICK)));
        out.put(
                "extremes",
                new LogRecord(
                        Long.MAX_VALUE,
                        -1,
                        List.of(new LoggedCommand(-1, Long.MIN_VALUE, Long.MAX_VALUE, -2, new Command.Tick()))));
        List<LoggedCommand> burst = new ArrayList<>();
        out.values().forEach(record -> burst.addAll(record.commands()));
        out.put("burst", new LogRecord(TIME, 0x0123456789abcdefL, burst));
        Settings settings = new Settings(
                4_000_000, new StateLimits(1, 200, 30_000), 100, 3_600_000, 2_000, Long.MAX_VALUE, 80 << 20);
        out.put("genesis", record(0, new Command.Genesis(-0x123456789abcdefL, settings)));
        out.put("settings_changed", record(0, new Command.SettingsChanged(settings)));
        out.put("restarted", record(0, new Command.Restarted(TIME + 77)));
        return out;
    }

    private static LogRecord record(long request, Command command) {
        return new LogRecord(TIME, 0, List.of(new LoggedCommand(300, request, request * 2, request / 2, command)));
    }

    private static LogRecord invoke(long request, Op op, long object, byte[]... args) {
        return record(request, new Command.Invoke(op, object, Args.of(op, args)));
    }

    private static Map<String, String> golden() throws IOException {
        try (InputStream in = RecordCodecTest.class.getResourceAsStream("/golden/records/v1.hex")) {
            assertNotNull(in, "golden/records/v1.hex is missing");
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

    private static LogRecord read(byte[] bytes) {
        return RecordCodec.read(bytes, 0, bytes.length);
    }

    /** Arguments are equal when their bytes are: compares all else by the records. */
    private static void assertSame(LogRecord expected, LogRecord actual, String what) {
        assertEquals(comparable(expected), comparable(actual), what);
    }

    private static List<Object> comparable(LogRecord r) {
        List<Object> out = new ArrayList<>(List.of(r.time(), r.hashBefore()));
        for (LoggedCommand c : r.commands()) {
            out.add(
                    c.command() instanceof Command.Invoke invoke
                            ? List.of(
                                    invoke.op(),
                                    invoke.object(),
                                    HexFormat.of().formatHex(invoke.args().encoded()))
                            : c.command());
            out.add(List.of(c.session(), c.request(), c.frame(), c.confirmed()));
        }
        return out;
    }

    /** With the length and the checksum that bytes of a record would have. */
    private static byte[] sealed(byte[] body) {
        byte[] out = new byte[RecordCodec.HEAD + body.length];
        System.arraycopy(body, 0, out, RecordCodec.HEAD, body.length);
        out[0] = RecordCodec.FORMAT;
        ByteBuffer.wrap(out).putInt(1, body.length);
        CRC32C crc = new CRC32C();
        crc.update(out, 0, 5);
        crc.update(out, RecordCodec.HEAD, body.length);
        ByteBuffer.wrap(out).putInt(5, (int) crc.getValue());
        return out;
    }

    private static byte[] body(byte[] record) {
        return Arrays.copyOfRange(record, RecordCodec.HEAD, record.length);
    }

    @Test
    void recordsHaveTheGoldenBytes() throws IOException {
        Map<String, String> golden = golden();
        Map<String, LogRecord> vectors = vectors();
        Map<String, String> written = new LinkedHashMap<>();
        vectors.forEach((name, record) -> written.put(name, HexFormat.of().formatHex(RecordCodec.encode(record))));
        assertEquals(lines(golden), lines(written), "each vector has a line, and each line a vector");
        vectors.forEach((name, record) ->
                assertSame(record, read(HexFormat.of().parseHex(golden.getOrDefault(name, ""))), name));
    }

    private static String lines(Map<String, String> vectors) {
        return vectors.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining("\n"));
    }

    @Test
    void eachKindOfCommandHasAVector() {
        Set<Class<?>> kinds = vectors().values().stream()
                .flatMap(r -> r.commands().stream())
                .map(c -> c.command().getClass())
                .collect(Collectors.toSet());
        assertEquals(Set.of(Command.class.getPermittedSubclasses()), kinds);
    }

    @Test
    void aRecordIsReadWhereverItStands() {
        vectors().forEach((name, record) -> {
            byte[] bytes = RecordCodec.encode(record);
            ByteWriter out = new ByteWriter().i32(-1);
            RecordCodec.write(record, out);
            byte[] within = out.i32(-1).toByteArray();
            assertEquals(bytes.length, RecordCodec.size(within, 4), name);
            assertSame(record, RecordCodec.read(within, 4, 4 + bytes.length), name);
        });
    }

    @Test
    void randomRecordsComeBackAsTheyWere() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            LogRecord record = random(random);
            byte[] bytes = RecordCodec.encode(record);
            String what = "seed " + seed + ", record " + i;
            LogRecord again = read(bytes);
            assertSame(record, again, what);
            assertArrayEquals(bytes, RecordCodec.encode(again), what);
        }
    }

    @Test
    void noPartOfARecordIsOne() {
        vectors().forEach((name, record) -> {
            byte[] bytes = RecordCodec.encode(record);
            for (int length = 0; length < bytes.length; length++) {
                refuses(Arrays.copyOf(bytes, length), name + " cut off at " + length);
            }
            refuses(Arrays.copyOf(bytes, bytes.length + 1), name + " and a byte more");
            byte[] body = body(bytes);
            for (int length = 0; length < body.length; length++) {
                refuses(sealed(Arrays.copyOf(body, length)), name + " sealed at " + length);
            }
            refuses(sealed(Arrays.copyOf(body, body.length + 1)), name + " sealed with a byte more");
        });
    }

    @Test
    void aChangedByteIsRefused() {
        vectors().forEach((name, record) -> {
            byte[] bytes = RecordCodec.encode(record);
            for (int at = 0; at < bytes.length; at++) {
                for (int flip = 1; flip < 256; flip <<= 1) {
                    byte[] damaged = bytes.clone();
                    damaged[at] ^= (byte) flip;
                    refuses(damaged, name + " with byte " + at + " changed by " + flip);
                }
            }
        });
    }

    /** A changed byte under a checksum that fits is refused, or makes another record: never one of two spellings of the same. */
    @Test
    void aChangedByteThatFitsIsRefusedOrAnotherRecord() {
        vectors().forEach((name, record) -> {
            byte[] body = body(RecordCodec.encode(record));
            for (int at = 0; at < body.length; at++) {
                for (int flip = 1; flip < 256; flip <<= 1) {
                    byte[] other = body.clone();
                    other[at] ^= (byte) flip;
                    onlySpelling(sealed(other), name + " with byte " + at + " changed by " + flip);
                }
            }
        });
    }

    private static void onlySpelling(byte[] bytes, String what) {
        LogRecord record;
        try {
            record = read(bytes);
        } catch (IllegalArgumentException e) {
            assertNotNull(e.getMessage());
            return;
        }
        assertArrayEquals(bytes, RecordCodec.encode(record), what);
    }

    @Test
    void randomBytesAreRefused() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = RecordCodec.FORMAT;
            }
            refuses(bytes, "seed " + seed);
            onlySpelling(sealed(bytes), "seed " + seed);
        }
    }

    @Test
    void whatIsWrongIsSaid() {
        String head = "0000000000000001 0000000000000000 01 ";
        assertMessage("a record of format 2, not 1", HexFormat.of().parseHex("020000001700000000" + "00".repeat(23)));
        assertMessage(
                "a damaged record: a length of 22", HexFormat.of().parseHex("010000001600000000" + "00".repeat(23)));
        assertMessage(
                "a damaged record: a length of -1", HexFormat.of().parseHex("01ffffffff00000000" + "00".repeat(23)));
        assertMessage("a damaged record: it is cut off", HexFormat.of().parseHex("01000000180000000000"));
        assertMessage(
                "a damaged record: its checksum is another",
                HexFormat.of().parseHex("010000001700000000" + "00".repeat(23)));
        assertBodyMessage(
                "a command of kind 18, which this version does not know: a newer one wrote it",
                head + "12 00 00 00 00 00");
        assertBodyMessage(
                "a command of kind 0, which this version does not know: a newer one wrote it",
                head + "00 00 00 00 00 00");
        assertBodyMessage("a damaged record: 1 bytes follow what it holds", head + "0b 00 00 00 00 00 00");
        assertBodyMessage("a damaged record: 1 bytes follow what it holds", head + "0b 00 00 00 00 01 00");
        assertBodyMessage("a damaged record: 0 commands", head.replace("01 ", "00") + "00".repeat(6));
        assertBodyMessage("a damaged record: a number that is longer than need be", head + "0b 8000 00 00 00 00");
        assertBodyMessage(
                "a damaged record: a number of more than 64 bits", head + "0b ffffffffffffffffff02 00 00 00 00");
        assertBodyMessage("a damaged record: a command ends beyond it", head + "03 00 00 00 00 05 00");
        assertBodyMessage("a damaged record: a text ends beyond it", head + "03 00 00 00 00 01 05");
        assertBodyMessage("a damaged record: a text is not UTF-8", head + "03 00 00 00 00 02 01 ff");
        assertBodyMessage(
                "operation 0xFFFF, which this version does not know: a newer one wrote it",
                head + "04 00 00 00 00 04 ffff 00 00");
        assertBodyMessage(
                "a damaged record: dict.size takes [], got 1 arguments",
                head + String.format("04 00 00 00 00 05 %04x 05 01 00", DictOp.SIZE.code()));
        assertBodyMessage(
                "a damaged record: replies of 2147483648 bytes",
                head + "0d 00 00 00 00 0d 8080808008 0000000000000000");
        assertThrows(IllegalArgumentException.class, () -> new LogRecord(1, 0, List.of()));
    }

    private static void assertBodyMessage(String expected, String hex) {
        assertMessage(expected, sealed(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    private static void assertMessage(String expected, byte[] bytes) {
        assertEquals(
                expected,
                assertThrows(IllegalArgumentException.class, () -> read(bytes)).getMessage());
    }

    private static void refuses(byte[] bytes, String what) {
        assertThrows(IllegalArgumentException.class, () -> read(bytes), what);
    }

    private static LogRecord random(Random random) {
        List<LoggedCommand> commands = new ArrayList<>();
        for (int n = 1 + random.nextInt(8); n > 0; n--) {
            commands.add(
                    new LoggedCommand(number(random), number(random), number(random), number(random), command(random)));
        }
        return new LogRecord(number(random), number(random), commands);
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
            case 0 -> new Command.SessionOpened(
                    text(random),
                    text(random),
                    Dialect.values()[random.nextInt(Dialect.values().length)],
                    number(random),
                    number(random),
                    text(random));
            case 1 -> new Command.SessionConnected(text(random));
            case 2 -> new Command.SessionClosed(text(random));
            case 3 -> new Command.Cancel();
            case 4 -> new Command.Acknowledge();
            case 5 -> new Command.GiveBack();
            case 6 -> new Command.Retain(number(random));
            case 7 -> new Command.Abandon();
            case 8 -> new Command.Orphaned(number(random), -number(random), number(random), number(random));
            case 9 -> new Command.Tick();
            case 10 -> new Command.Genesis(number(random), settings(random));
            case 11 -> new Command.SettingsChanged(settings(random));
            case 12 -> new Command.Restarted(number(random));
            default -> invoke(random);
        };
    }

    private static Settings settings(Random random) {
        StateLimits limits = new StateLimits(number(random), number(random), number(random));
        int maxReply = (int) number(random) & Integer.MAX_VALUE;
        return new Settings(
                maxReply, limits, number(random), number(random), number(random), number(random), number(random));
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
