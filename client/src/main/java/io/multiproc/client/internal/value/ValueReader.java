package io.multiproc.client.internal.value;

import io.multiproc.client.Complex;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.protocol.wire.Numbers;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Text;
import io.multiproc.protocol.wire.Values;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads checked values into Java objects: the bytes are well-formed ({@link Values#check}), but their contents come from
 * anybody. Lists, sets and dicts become new mutable collections that keep their order. Thread-safe, as codec and resolver are.
 */
public final class ValueReader {
    /** What stands in a list for an element that is not there, as opposed to null. */
    public static final Object ABSENT = new Object();

    private final ObjectCodec codec;
    private final ReferenceResolver references;

    /** A reader that hands user objects to {@code codec} and references to {@code references}. */
    public ValueReader(ObjectCodec codec, ReferenceResolver references) {
        this.codec = codec;
        this.references = references;
    }

    /** The object of a whole value. */
    public @Nullable Object read(byte[] value) {
        return read(value, 0);
    }

    /**
     * The object of the value that starts at {@code at}. NULL and ABSENT are both null: a caller that tells them apart asks
     * {@link Values#isAbsent} first.
     *
     * @throws SerializationException if it cannot be read, or means nothing to Java
     */
    public @Nullable Object read(byte[] b, int at) {
        return new Pass(b).read(at);
    }

    /** One walk over one array. */
    private final class Pass {
        private final byte[] b;
        private final ByteBuffer buffer;
        private final Collisions collisions = new Collisions();

        Pass(byte[] b) {
            this.b = b;
            this.buffer = ByteBuffer.wrap(b);
        }

        @Nullable
        Object read(int at) {
            Tag tag = Tag.of(b, at);
            return switch (tag) {
                case ABSENT, NULL -> null;
                case FALSE -> false;
                case TRUE -> true;
                case INT8 -> b[at + 1];
                case INT16 -> buffer.getShort(at + 1);
                case INT32 -> buffer.getInt(at + 1);
                case INT64 -> buffer.getLong(at + 1);
                case BIGINT -> Numbers.bigInteger(b, at);
                case FLOAT32 -> buffer.getFloat(at + 1);
                case FLOAT64 -> buffer.getDouble(at + 1);
                case CHAR -> buffer.getChar(at + 1);
                case STRING -> Values.text(b, at);
                case BYTES -> Arrays.copyOfRange(b, bodyStart(at), Values.skip(b, at));
                case DECIMAL -> Numbers.decimal(b, at);
                case COMPLEX -> new Complex(buffer.getDouble(at + 1), buffer.getDouble(at + 9));
                case UUID -> new UUID(buffer.getLong(at + 1), buffer.getLong(at + 9));
                case LIST -> readList(at);
                case TUPLE -> readTuple(at);
                case SET -> readSet(at);
                case FROZENSET -> Collections.unmodifiableSet(readSet(at));
                case DICT -> readDict(at);
                case REF -> references.resolve(Values.refType(b, at), Values.refId(b, at));
                case OPAQUE -> readOpaque(at);
                default -> readTime(tag, at);
            };
        }

        private int bodyStart(int at) {
            int i = at + 1;
            while (b[i] < 0) {
                i++;
            }
            return i + 1;
        }

        private List<@Nullable Object> readList(int at) {
            int n = Values.count(b, at);
            List<@Nullable Object> out = new ArrayList<>(n);
            int p = Values.first(at);
            for (int i = 0; i < n; i++) {
                out.add(b[p] == Tag.ABSENT.code() ? ABSENT : read(p));
                p = Values.skip(b, p);
            }
            return out;
        }

        private Object readTuple(int at) {
            Tuple t = Tuple.copyOf(readList(at));
            return !t.isEmpty() && t.get(0) instanceof Blueprint b ? Composites.assemble(b, t) : t;
        }

        private Set<@Nullable Object> readSet(int at) {
            int n = Values.count(b, at);
            Set<@Nullable Object> out = new LinkedHashSet<>();
            int p = Values.first(at);
            for (int i = 0; i < n; i++) {
                out.add(read(p));
                check(collisions.added(out));
                p = Values.skip(b, p);
            }
            check(collisions.complete(out));
            return out;
        }

        private Map<@Nullable Object, @Nullable Object> readDict(int at) {
            int n = Values.count(b, at);
            Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
            int p = Values.first(at);
            for (int i = 0; i < n; i++) {
                Object key = read(p);
                p = Values.skip(b, p);
                out.put(key, read(p));
                check(collisions.added(out.keySet()));
                p = Values.skip(b, p);
            }
            check(collisions.complete(out.keySet()));
            return out;
        }

        private static void check(boolean collide) {
            if (collide) {
                throw SerializationException.reading(
                        "too many keys of a received set or dict have the same hash code in Java: whoever wrote them should store"
                                + " them as a list, or as other keys",
                        null);
            }
        }

        private Object readOpaque(int at) {
            int start = bodyStart(at);
            int end = Values.skip(b, at);
            int id = b[start] & 0xff;
            if (id == KeyCodec.ID) {
                return codec.decodeKey(b, start + 1, end - start - 1);
            }
            return id == codec.id()
                    ? codec.decode(b, start + 1, end - start - 1)
                    : codec.decodeForeign(id, b, start + 1, end - start - 1);
        }

        private Object readTime(Tag tag, int at) {
            try {
                int p = at + 1;
                return switch (tag) {
                    case DATE -> LocalDate.ofEpochDay(buffer.getLong(p));
                    case TIME -> LocalTime.ofNanoOfDay(buffer.getLong(p));
                    case DATETIME -> readLocal(p);
                    case INSTANT -> Instant.ofEpochSecond(buffer.getLong(p), buffer.getInt(p + 8));
                    case OFFSET_DATETIME -> OffsetDateTime.of(readLocal(p), readOffset(p + 16));
                    case ZONED_DATETIME -> readZoned(bodyStart(at), Values.skip(b, at));
                    case DURATION -> Duration.ofSeconds(buffer.getLong(p), buffer.getInt(p + 8));
                    default -> throw new IllegalStateException("no reader for " + tag);
                };
            } catch (DateTimeException | ArithmeticException e) {
                throw SerializationException.reading(
                        "a received " + tag.typeName() + " is outside what Java can hold: " + e.getMessage(), e);
            }
        }

        private LocalDateTime readLocal(int p) {
            return LocalDateTime.of(
                    LocalDate.ofEpochDay(buffer.getLong(p)), LocalTime.ofNanoOfDay(buffer.getLong(p + 8)));
        }

        private ZoneOffset readOffset(int p) {
            return ZoneOffset.ofTotalSeconds(buffer.getInt(p));
        }

        private ZonedDateTime readZoned(int p, int end) {
            ZoneId zone = ZoneId.of(Text.decode(b, p + 20, end - p - 20));
            // the moment is kept even if this machine's rules for the zone differ from the writer's
            return ZonedDateTime.ofInstant(readLocal(p), readOffset(p + 16), zone);
        }
    }
}
