package io.multiproc.protocol.pickle;

import io.multiproc.protocol.pickle.Py.Maker;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Objects of the standard library that the envelope has a tag for: complex, date, time, datetime, timedelta, Decimal, UUID. Only what
 * comes back exactly as it was is translated: no folds, no zones but UTC and fixed offsets, no Decimal that is not a number.
 */
final class Scalars {
    /** The name under which a value that Python has no type for travels; see {@link #handle}. */
    static final String HANDLE_KEY = "multiproc_value";

    static final int MAX_DECIMAL_TEXT = 10_000;

    private static final long DAY_NANOS = 86_400_000_000_000L;

    private Scalars() {}

    /** The encoded value of an object, or null when the envelope has no tag for it. */
    static byte @Nullable [] toEnvelope(PyObject o) {
        if (!(o.callable instanceof Py.PyGlobal g)) {
            return null;
        }
        List<Object> args = o.arguments();
        boolean plain = o.maker == Maker.REDUCE && o.steps.isEmpty();
        return switch (g.module()) {
            case "builtins" -> plain && g.name().equals("complex") ? complex(args) : null;
            case "datetime" -> plain ? time(g.name(), args) : null;
            case "decimal" -> plain && g.name().equals("Decimal") && args.size() == 1 ? decimal(args.get(0)) : null;
            case "uuid" -> g.name().equals("UUID") ? uuid(o) : null;
            case "types" -> g.name().equals("SimpleNamespace") ? handled(o) : null;
            default -> null;
        };
    }

    private static byte @Nullable [] complex(List<Object> args) {
        return args.size() == 2 && args.get(0) instanceof Double re && args.get(1) instanceof Double im
                ? new ByteWriter(17)
                        .tag(Tag.COMPLEX)
                        .i64(Double.doubleToRawLongBits(re))
                        .i64(Double.doubleToRawLongBits(im))
                        .toByteArray()
                : null;
    }

    private static byte @Nullable [] time(String name, List<Object> args) {
        ByteWriter out = new ByteWriter(24);
        boolean bytesFirst = !args.isEmpty() && args.get(0) instanceof byte[];
        byte[] b = bytesFirst ? (byte[]) args.get(0) : new byte[0];
        switch (name) {
            case "date" -> {
                if (args.size() != 1 || b.length != 4) {
                    return null;
                }
                Long day = day(b);
                return day == null ? null : out.tag(Tag.DATE).i64(day).toByteArray();
            }
            case "time" -> {
                Long nanos = args.size() == 1 && b.length == 6 ? nanos(b, 0) : null;
                return nanos == null ? null : out.tag(Tag.TIME).i64(nanos).toByteArray();
            }
            case "datetime" -> {
                Long day = b.length == 10 ? day(b) : null;
                Long nanos = b.length == 10 ? nanos(b, 4) : null;
                return day == null || nanos == null ? null : datetime(args, day, nanos, out);
            }
            case "timedelta" -> {
                if (args.size() != 3
                        || !(args.get(0) instanceof Long days)
                        || !(args.get(1) instanceof Long seconds)
                        || !(args.get(2) instanceof Long micros)
                        || days < -999_999_999L
                        || days > 999_999_999L
                        || seconds < 0
                        || seconds >= 86_400
                        || micros < 0
                        || micros >= 1_000_000) {
                    return null;
                }
                return out.tag(Tag.DURATION)
                        .i64(days * 86_400 + seconds)
                        .i32((int) (micros * 1000))
                        .toByteArray();
            }
            default -> {
                return null;
            }
        }
    }

    private static byte @Nullable [] datetime(List<Object> args, long day, long nanos, ByteWriter out) {
        if (args.size() == 1) {
            return out.tag(Tag.DATETIME).i64(day).i64(nanos).toByteArray();
        }
        Long offset = args.size() == 2 ? offset(args.get(1)) : null;
        if (offset == null) {
            return null;
        }
        if (offset == 0) {
            return out.tag(Tag.INSTANT)
                    .i64(day * 86_400 + nanos / 1_000_000_000)
                    .i32((int) (nanos % 1_000_000_000))
                    .toByteArray();
        }
        return out.tag(Tag.OFFSET_DATETIME)
                .i64(day)
                .i64(nanos)
                .i32(offset.intValue())
                .toByteArray();
    }

    /** An aware datetime whose zone has a name of its own equals one whose zone has none; null if it has none. */
    static @Nullable Object simpler(PyObject o) {
        List<Object> a = o.arguments();
        return o.isA("datetime", "datetime") && a.size() == 2 && unnamed(a.get(1)) != a.get(1)
                ? Py.call("datetime", "datetime", a.get(0), unnamed(a.get(1)))
                : null;
    }

    /** A zone without the name of its own that it may have. */
    static Object unnamed(Object zone) {
        return zone instanceof PyObject o
                        && o.isA("datetime", "timezone")
                        && o.arguments().size() == 2
                ? Py.call("datetime", "timezone", o.arguments().get(0))
                : zone;
    }

    /** The seconds of a timezone without a name of its own, or null. */
    static @Nullable Long offset(Object zone) {
        if (zone instanceof PyObject o
                && o.isA("datetime", "timezone")
                && o.steps.isEmpty()
                && o.arguments().size() == 1
                && o.arguments().get(0) instanceof PyObject delta
                && delta.isA("datetime", "timedelta")
                && delta.arguments().size() == 3
                && delta.arguments().get(0) instanceof Long days
                && delta.arguments().get(1) instanceof Long seconds
                && delta.arguments().get(2).equals(0L)
                && days >= -1
                && days <= 0
                && seconds >= 0
                && seconds < 86_400) {
            long all = days * 86_400 + seconds;
            // Java's offsets end at 18 hours
            return Math.abs(all) <= 64_800 ? all : null;
        }
        return null;
    }

    private static @Nullable Long day(byte[] b) {
        try {
            // the high bit of the month is the fold, which makes it no month
            return LocalDate.of((b[0] & 0xff) << 8 | b[1] & 0xff, b[2], b[3]).toEpochDay();
        } catch (DateTimeException e) {
            return null;
        }
    }

    static @Nullable Long nanos(byte[] b, int p) {
        int micros = (b[p + 3] & 0xff) << 16 | (b[p + 4] & 0xff) << 8 | b[p + 5] & 0xff;
        if (b[p] < 0
                || b[p] > 23
                || b[p + 1] < 0
                || b[p + 1] > 59
                || b[p + 2] < 0
                || b[p + 2] > 59
                || micros > 999_999) {
            return null;
        }
        return ((b[p] * 60L + b[p + 1]) * 60 + b[p + 2]) * 1_000_000_000L + micros * 1000L;
    }

    private static byte @Nullable [] decimal(Object text) {
        if (!(text instanceof String s)
                || s.length() > MAX_DECIMAL_TEXT
                || !s.matches("-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]{1,9})?")) {
            return null;
        }
        try {
            BigDecimal d = new BigDecimal(s);
            if (d.signum() == 0 && s.startsWith("-")) {
                return null;
            }
            byte[] unscaled = d.unscaledValue().toByteArray();
            if (unscaled.length > Limits.MAX_DECIMAL) {
                return null;
            }
            return new ByteWriter(unscaled.length + 16)
                    .tag(Tag.DECIMAL)
                    .varint(unscaled.length + 4)
                    .i32(d.scale())
                    .raw(unscaled)
                    .toByteArray();
        } catch (NumberFormatException | ArithmeticException e) {
            return null;
        }
    }

    private static byte @Nullable [] uuid(PyObject o) {
        if (o.maker == Maker.NEWOBJ
                && o.arguments().isEmpty()
                && o.state() instanceof PyDict d
                && d.pairs.size() == 2
                && d.pairs.get(0).equals("int")) {
            Object v = d.pairs.get(1);
            BigInteger n = v instanceof Long l ? BigInteger.valueOf(l) : v instanceof BigInteger big ? big : null;
            if (n != null && n.signum() >= 0 && n.bitLength() <= 128) {
                return new ByteWriter(17)
                        .tag(Tag.UUID)
                        .i64(n.shiftRight(64).longValue())
                        .i64(n.longValue())
                        .toByteArray();
            }
        }
        return null;
    }

    private static byte @Nullable [] handled(PyObject o) {
        if (o.state() instanceof PyDict d) {
            for (int i = 0; i < d.pairs.size(); i += 2) {
                if (d.pairs.get(i).equals(HANDLE_KEY) && d.pairs.get(i + 1) instanceof byte[] b && isPlainValue(b)) {
                    return b;
                }
            }
        }
        return null;
    }

    private static boolean isPlainValue(byte[] b) {
        try {
            return Values.check(b, 0, b.length) == b.length && !Values.mayHoldRefs(b, 0) && !Values.isAbsent(b);
        } catch (io.multiproc.protocol.wire.ValueException e) {
            return false;
        }
    }

    /** A value that Python has no type for: a namespace with its class, its text and the value, which brings it back. */
    static PyObject handle(String javaClass, String text, byte[] value) {
        PyDict state = new PyDict();
        state.put("java_class", javaClass).put("text", text).put(HANDLE_KEY, value);
        return new PyObject(Maker.REDUCE, new Py.PyGlobal("types", "SimpleNamespace"), Py.EMPTY_TUPLE, Py.NONE)
                .step(Py.Step.BUILD, state);
    }

    /** The object of a value whose tag is none of Python's builtin types. */
    static Object fromEnvelope(byte[] b, int at) {
        Tag tag = Tag.of(b, at);
        ByteBuffer in = ByteBuffer.wrap(b);
        Object exact =
                switch (tag) {
                    case COMPLEX -> Py.call("builtins", "complex", in.getDouble(at + 1), in.getDouble(at + 9));
                    case DATE -> date(in.getLong(at + 1));
                    case TIME -> timeOfDay(in.getLong(at + 1));
                    case DATETIME -> datetime(in.getLong(at + 1), in.getLong(at + 9), null);
                    case INSTANT -> instant(in.getLong(at + 1), in.getInt(at + 9));
                    case OFFSET_DATETIME -> datetime(in.getLong(at + 1), in.getLong(at + 9), zone(in.getInt(at + 17)));
                    case DURATION -> timedelta(in.getLong(at + 1), in.getInt(at + 9));
                    case UUID -> uuidOf(in.getLong(at + 1), in.getLong(at + 9));
                    default -> null;
                };
        return exact != null ? exact : handle(javaClass(tag), tag.typeName(), Values.copy(b, at));
    }

    private static String javaClass(Tag tag) {
        return switch (tag) {
            case DATE -> "java.time.LocalDate";
            case TIME -> "java.time.LocalTime";
            case DATETIME -> "java.time.LocalDateTime";
            case INSTANT -> "java.time.Instant";
            case OFFSET_DATETIME -> "java.time.OffsetDateTime";
            case ZONED_DATETIME -> "java.time.ZonedDateTime";
            case DURATION -> "java.time.Duration";
            default -> "object of a Java class";
        };
    }

    private static byte @Nullable [] dateBytes(long epochDay, int extra) {
        // Python's years are 1 to 9999
        if (epochDay < -719_162 || epochDay > 2_932_896) {
            return null;
        }
        LocalDate d = LocalDate.ofEpochDay(epochDay);
        byte[] b = new byte[4 + extra];
        b[0] = (byte) (d.getYear() >> 8);
        b[1] = (byte) d.getYear();
        b[2] = (byte) d.getMonthValue();
        b[3] = (byte) d.getDayOfMonth();
        return b;
    }

    private static boolean putTime(byte[] b, int p, long nanos) {
        if (nanos < 0 || nanos >= DAY_NANOS || nanos % 1000 != 0) {
            return false;
        }
        long seconds = nanos / 1_000_000_000;
        int micros = (int) (nanos / 1000 % 1_000_000);
        b[p] = (byte) (seconds / 3600);
        b[p + 1] = (byte) (seconds / 60 % 60);
        b[p + 2] = (byte) (seconds % 60);
        b[p + 3] = (byte) (micros >> 16);
        b[p + 4] = (byte) (micros >> 8);
        b[p + 5] = (byte) micros;
        return true;
    }

    private static @Nullable Object date(long epochDay) {
        byte[] b = dateBytes(epochDay, 0);
        return b == null ? null : Py.call("datetime", "date", (Object) b);
    }

    private static @Nullable Object timeOfDay(long nanos) {
        byte[] b = new byte[6];
        return putTime(b, 0, nanos) ? Py.call("datetime", "time", (Object) b) : null;
    }

    static @Nullable Object datetime(long epochDay, long nanos, @Nullable Object zone) {
        byte[] b = dateBytes(epochDay, 6);
        if (b == null || !putTime(b, 4, nanos)) {
            return null;
        }
        return zone == null ? Py.call("datetime", "datetime", (Object) b) : Py.call("datetime", "datetime", b, zone);
    }

    private static @Nullable Object instant(long seconds, int nanos) {
        return nanos < 0 || nanos > 999_999_999
                ? null
                : datetime(
                        Math.floorDiv(seconds, 86_400L),
                        Math.floorMod(seconds, 86_400L) * 1_000_000_000 + nanos,
                        zone(0));
    }

    private static Object zone(int offsetSeconds) {
        return Py.call(
                "datetime",
                "timezone",
                delta(Math.floorDiv(offsetSeconds, 86_400), Math.floorMod(offsetSeconds, 86_400), 0));
    }

    private static Object delta(long days, long seconds, long micros) {
        return Py.call("datetime", "timedelta", days, seconds, micros);
    }

    private static @Nullable Object timedelta(long seconds, int nanos) {
        long days = Math.floorDiv(seconds, 86_400L);
        if (nanos < 0 || nanos > 999_999_999 || nanos % 1000 != 0 || Math.abs(days) > 999_999_999) {
            return null;
        }
        return delta(days, Math.floorMod(seconds, 86_400L), nanos / 1000);
    }

    private static Object uuidOf(long high, long low) {
        BigInteger n = new BigInteger(
                1, ByteBuffer.allocate(16).putLong(high).putLong(low).array());
        PyObject o = new PyObject(Maker.NEWOBJ, new Py.PyGlobal("uuid", "UUID"), Py.EMPTY_TUPLE, Py.NONE);
        return o.step(Py.Step.BUILD, new PyDict().put("int", Unpickler.shortest(n)));
    }

    /** Python's Decimal of a DECIMAL. */
    static Object decimal(BigDecimal d) {
        return Py.call("decimal", "Decimal", d.toString());
    }
}
