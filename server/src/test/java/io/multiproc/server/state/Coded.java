package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Java objects to encoded values and back, as far as these tests need it. Integers come back as Long. */
final class Coded {
    /** A tuple. */
    record Tup(List<@Nullable Object> fields) {}

    /** A reference. */
    record Ref(ObjectType type, long id) {}

    /** An opaque value. */
    record Opaque(String content) {}

    /** An error reply. */
    record Failure(ErrorCode code, String message) {}

    /** Answers that are not values. */
    enum Special {
        ABSENT,
        PARKED
    }

    private Coded() {}

    static Tup tup(Object... fields) {
        return new Tup(List.of(fields));
    }

    static byte[] of(@Nullable Object v) {
        ByteWriter out = new ByteWriter();
        write(out, v);
        return out.toByteArray();
    }

    private static void write(ByteWriter out, @Nullable Object v) {
        if (v == null) {
            out.tag(Tag.NULL);
        } else if (v == Special.ABSENT) {
            out.tag(Tag.ABSENT);
        } else if (v instanceof Boolean b) {
            out.bool(b);
        } else if (v instanceof Byte b) {
            out.tag(Tag.INT8).u8(b);
        } else if (v instanceof Integer i) {
            out.tag(Tag.INT32).i32(i);
        } else if (v instanceof Long l) {
            out.tag(Tag.INT64).i64(l);
        } else if (v instanceof Double d) {
            out.tag(Tag.FLOAT64).i64(Double.doubleToRawLongBits(d));
        } else if (v instanceof String s) {
            out.string(s);
        } else if (v instanceof byte[] b) {
            out.tag(Tag.BYTES).varint(b.length).raw(b);
        } else if (v instanceof Opaque o) {
            out.tag(Tag.OPAQUE).varint(o.content.length() + 1).u8(1);
            for (char c : o.content.toCharArray()) {
                out.u8(c);
            }
        } else if (v instanceof Ref r) {
            out.raw(Values.ofRef(r.type.code(), r.id));
        } else if (v instanceof List<?> l) {
            writeAll(out, Tag.LIST, l);
        } else if (v instanceof Tup t) {
            writeAll(out, Tag.TUPLE, t.fields);
        } else if (v instanceof Map<?, ?> m) {
            int mark = out.begin(Tag.DICT);
            for (Map.Entry<?, ?> e : m.entrySet()) {
                write(out, e.getKey());
                write(out, e.getValue());
            }
            out.end(mark, m.size());
        } else {
            throw new IllegalArgumentException(v.toString());
        }
    }

    private static void writeAll(ByteWriter out, Tag tag, List<?> values) {
        int mark = out.begin(tag);
        for (Object e : values) {
            write(out, e);
        }
        out.end(mark, values.size());
    }

    static @Nullable Object reply(@Nullable Reply reply) {
        if (reply == null) {
            return Special.PARKED;
        }
        ErrorCode error = reply.error();
        return error != null ? new Failure(error, reply.message()) : value(reply.value());
    }

    static @Nullable Object value(byte[] b) {
        // not Values.check: a reply of dict.get_many holds ABSENT among its elements
        if (Values.skip(b, 0) != b.length) {
            throw new IllegalStateException("bytes after the value");
        }
        return read(b, 0);
    }

    private static @Nullable Object read(byte[] b, int at) {
        Tag tag = Tag.of(b, at);
        return switch (tag) {
            case ABSENT -> Special.ABSENT;
            case NULL -> null;
            case FALSE -> false;
            case TRUE -> true;
            case INT8, INT16, INT32, INT64 -> Values.integer(b, at);
            case FLOAT64 -> ByteBuffer.wrap(b).getDouble(at + 1);
            case STRING -> Values.text(b, at);
            case REF -> {
                ObjectType type = ObjectType.coded(Values.refType(b, at));
                if (type == null) {
                    throw new IllegalStateException("unknown type in a reference");
                }
                yield new Ref(type, Values.refId(b, at));
            }
            case OPAQUE -> new Opaque(new String(b, at + 3, b[at + 1] - 1, java.nio.charset.StandardCharsets.US_ASCII));
            case LIST -> readAll(b, at, Values.count(b, at));
            case SET -> new java.util.LinkedHashSet<>(readAll(b, at, Values.count(b, at)));
            case FLOAT32 -> ByteBuffer.wrap(b).getFloat(at + 1);
            case TUPLE -> new Tup(readAll(b, at, Values.count(b, at)));
            case DICT -> {
                List<@Nullable Object> flat = readAll(b, at, Values.count(b, at) * 2);
                Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
                for (int i = 0; i < flat.size(); i += 2) {
                    out.put(flat.get(i), flat.get(i + 1));
                }
                yield out;
            }
            default -> throw new IllegalStateException(tag.typeName());
        };
    }

    private static List<@Nullable Object> readAll(byte[] b, int at, int n) {
        List<@Nullable Object> out = new ArrayList<>();
        int p = Values.first(at);
        for (int i = 0; i < n; i++) {
            out.add(read(b, p));
            p = Values.skip(b, p);
        }
        return out;
    }
}
