package io.multiproc.client.internal.value;

import io.multiproc.client.Complex;
import io.multiproc.client.OpaqueObject;
import io.multiproc.client.Tuple;
import io.multiproc.client.UnreadValue;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Tag;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes Java objects as values. Lists, sets and maps of any class become the envelope's containers, proxies become references,
 * and what the envelope has no tag for goes through the codec. Thread-safe, as the codec is.
 */
public final class ValueWriter {
    private final ObjectCodec codec;
    private final boolean references;

    /** A writer that hands objects of user classes to {@code codec}. */
    public ValueWriter(ObjectCodec codec) {
        this(codec, true);
    }

    /** With references false, proxies are refused: for places where nobody could read them. */
    public ValueWriter(ObjectCodec codec, boolean references) {
        this.codec = codec;
        this.references = references;
    }

    /** The encoded value of an object. */
    public byte[] toBytes(@Nullable Object value) {
        ByteWriter out = new ByteWriter();
        write(value, out);
        return out.toByteArray();
    }

    /**
     * Appends a value. When it throws, what it has appended so far is worthless.
     *
     * @throws IllegalArgumentException if containers are nested too deep or hold themselves
     * @throws io.multiproc.client.SerializationException if the codec refuses an object
     */
    public void write(@Nullable Object value, ByteWriter out) {
        write(value, out, 0);
    }

    /** Appends a value as a key: what the envelope has no tag for goes through the codec of keys. */
    public void writeKey(@Nullable Object value, ByteWriter out) {
        writeKey(value, out, 0);
    }

    /** Appends a collection whose elements are keys, or a map. */
    public void writeKeys(Object value, ByteWriter out) {
        if (value instanceof Referable || value instanceof UnreadValue) {
            write(value, out);
        } else if (value instanceof Map<?, ?> map) {
            int mark = out.begin(Tag.DICT);
            int n = 0;
            for (Map.Entry<?, ?> e : map.entrySet()) {
                writeKey(e.getKey(), out, 1);
                write(e.getValue(), out, 1);
                n++;
            }
            out.end(mark, n);
        } else if (value instanceof Collection<?> c) {
            int mark = out.begin(c instanceof Set ? Tag.SET : Tag.LIST);
            int n = 0;
            for (Object e : c) {
                writeKey(e, out, 1);
                n++;
            }
            out.end(mark, n);
        } else {
            write(value, out);
        }
    }

    private void writeKey(@Nullable Object value, ByteWriter out, int depth) {
        if (value instanceof Tuple t) {
            int mark = out.begin(Tag.TUPLE);
            int inner = deeper(depth);
            for (Object e : t) {
                writeKey(e, out, inner);
            }
            out.end(mark, t.size());
        } else if (value == null
                || value instanceof String
                || value instanceof Number
                || value instanceof Referable
                || value instanceof Complex) {
            write(value, out, depth);
        } else if (KeyCodec.isKey(value)) {
            byte[] body = codec.keys().encode(value);
            out.tag(Tag.OPAQUE).varint(body.length + 1).u8(KeyCodec.ID).raw(body);
        } else {
            write(value, out, depth);
        }
    }

    /** Content of a new object that holds keys. */
    public record Keys(Object content) {}

    /** Appends what comes before the bytes of a byte array's value. */
    public void writeStart(byte[] bytes, ByteWriter out) {
        out.tag(Tag.BYTES).varint(bytes.length);
    }

    private void write(@Nullable Object value, ByteWriter out, int depth) {
        if (value == null) {
            out.tag(Tag.NULL);
        } else if (value instanceof String s) {
            out.string(s);
        } else if (value instanceof Number n) {
            writeNumber(n, out);
        } else if (value instanceof Boolean b) {
            out.bool(b);
        } else if (value instanceof byte[] b) {
            writeStart(b, out);
            out.raw(b);
        } else if (value instanceof Character c) {
            out.tag(Tag.CHAR).i16(c);
        } else if (value instanceof Referable r) {
            // before the containers: a proxy of a list is a List too
            if (!references) {
                throw io.multiproc.client.SerializationException.writing(
                        "a proxy travels through its manager, or as an argument of a process, only", null);
            }
            out.tag(Tag.REF).u8(r.typeCode()).i64(r.objectId());
        } else if (value instanceof Tuple t) {
            writeElements(Tag.TUPLE, t, out, depth);
        } else if (value instanceof List<?> l) {
            writeElements(Tag.LIST, l, out, depth);
        } else if (value instanceof Set<?> s) {
            writeElements(Tag.SET, s, out, depth);
        } else if (value instanceof Map<?, ?> m) {
            writePairs(m, out, depth);
        } else if (value instanceof Keys k) {
            writeKeys(k.content(), out);
        } else if (value instanceof UnreadValue u) {
            out.raw(u.bytes());
        } else if (value instanceof UUID u) {
            out.tag(Tag.UUID).i64(u.getMostSignificantBits()).i64(u.getLeastSignificantBits());
        } else if (value instanceof Complex c) {
            out.tag(Tag.COMPLEX).i64(Double.doubleToRawLongBits(c.re())).i64(Double.doubleToRawLongBits(c.im()));
        } else if (!writeTime(value, out)) {
            Tuple parts = Composites.parts(value);
            if (parts == null) {
                writeOpaque(value, out);
            } else {
                writeElements(Tag.TUPLE, parts, out, depth);
            }
        }
    }

    private void writeNumber(Number value, ByteWriter out) {
        if (value instanceof Integer i) {
            out.tag(Tag.INT32).i32(i);
        } else if (value instanceof Long l) {
            out.tag(Tag.INT64).i64(l);
        } else if (value instanceof Double d) {
            out.tag(Tag.FLOAT64).i64(Double.doubleToRawLongBits(d));
        } else if (value instanceof Float f) {
            out.tag(Tag.FLOAT32).i32(Float.floatToRawIntBits(f));
        } else if (value instanceof Short s) {
            out.tag(Tag.INT16).i16(s);
        } else if (value instanceof Byte b) {
            out.tag(Tag.INT8).u8(b);
        } else if (value.getClass() == BigInteger.class) {
            byte[] body = ((BigInteger) value).toByteArray();
            out.tag(Tag.BIGINT).varint(body.length).raw(body);
        } else if (value.getClass() == BigDecimal.class) {
            BigDecimal d = (BigDecimal) value;
            byte[] unscaled = d.unscaledValue().toByteArray();
            out.tag(Tag.DECIMAL).varint(unscaled.length + 4).i32(d.scale()).raw(unscaled);
        } else {
            writeOpaque(value, out);
        }
    }

    private void writeElements(Tag tag, Iterable<?> elements, ByteWriter out, int depth) {
        int mark = out.begin(tag);
        int inner = deeper(depth);
        int n = 0;
        // counted while it is walked: a collection that another thread changes still gives a well-formed value
        for (Object e : elements) {
            write(e, out, inner);
            n++;
        }
        out.end(mark, n);
    }

    private void writePairs(Map<?, ?> map, ByteWriter out, int depth) {
        int mark = out.begin(Tag.DICT);
        int inner = deeper(depth);
        int n = 0;
        for (Map.Entry<?, ?> e : map.entrySet()) {
            write(e.getKey(), out, inner);
            write(e.getValue(), out, inner);
            n++;
        }
        out.end(mark, n);
    }

    private static int deeper(int depth) {
        if (depth == Limits.MAX_DEPTH) {
            throw new IllegalArgumentException("the value is nested deeper than " + Limits.MAX_DEPTH
                    + " levels, or contains itself; flatten it or share its parts as objects");
        }
        return depth + 1;
    }

    private static boolean writeTime(Object value, ByteWriter out) {
        if (value instanceof Instant i) {
            out.tag(Tag.INSTANT).i64(i.getEpochSecond()).i32(i.getNano());
        } else if (value instanceof LocalDate d) {
            out.tag(Tag.DATE).i64(d.toEpochDay());
        } else if (value instanceof LocalTime t) {
            out.tag(Tag.TIME).i64(t.toNanoOfDay());
        } else if (value instanceof LocalDateTime t) {
            writeLocal(t, out.tag(Tag.DATETIME));
        } else if (value instanceof OffsetDateTime t) {
            writeLocal(t.toLocalDateTime(), out.tag(Tag.OFFSET_DATETIME));
            out.i32(t.getOffset().getTotalSeconds());
        } else if (value instanceof ZonedDateTime t) {
            ByteWriter body = new ByteWriter(64);
            writeLocal(t.toLocalDateTime(), body);
            // the body's own length already bounds the zone's id, so the id needs none
            body.i32(t.getOffset().getTotalSeconds())
                    .raw(io.multiproc.protocol.wire.Text.encode(t.getZone().getId()));
            out.tag(Tag.ZONED_DATETIME).varint(body.size()).raw(body.array(), 0, body.size());
        } else if (value instanceof Duration d) {
            out.tag(Tag.DURATION).i64(d.getSeconds()).i32(d.getNano());
        } else {
            return false;
        }
        return true;
    }

    private static void writeLocal(LocalDateTime t, ByteWriter out) {
        out.i64(t.toLocalDate().toEpochDay()).i64(t.toLocalTime().toNanoOfDay());
    }

    private void writeOpaque(Object value, ByteWriter out) {
        boolean foreign = value instanceof OpaqueObject;
        byte[] body = value instanceof OpaqueObject o ? o.bytes() : codec.encode(value);
        int id = foreign ? ((OpaqueObject) value).codec() : codec.id();
        out.tag(Tag.OPAQUE).varint(body.length + 1).u8(id).raw(body);
    }
}
