package io.multiproc.tests.fuzz;

import io.multiproc.client.ManagerException;
import io.multiproc.client.internal.code.ValueCodec;
import io.multiproc.client.internal.kryo.AllowedClasses;
import io.multiproc.client.internal.value.KeyCodec;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Any bytes as a value: the server's check refuses them or they are whole, and then hashing, comparing and skipping go through; a client reads them, objects of user classes and
 * keys included, or refuses them. What it reads it can write, and nothing else throws.
 */
public final class ValueTarget {
    /** A class of a user. */
    record Order(long id, String name, List<Integer> items, Map<String, Double> prices, Kind kind) {}

    /** An enum of a user. */
    enum Kind {
        SMALL,
        LARGE
    }

    private static final AllowedClasses CLASSES =
            new AllowedClasses(new TreeMap<>(Map.of(1000, Order.class, 1001, Kind.class)), Set.of(), Set.of(), true);
    private static final ValueCodec CODEC = new ValueCodec(CLASSES);
    private static final KeyCodec KEYS = new KeyCodec(List.of(Order.class, Kind.class), Set.of());

    private ValueTarget() {}

    /** What a fuzzer starts from. */
    static List<byte[]> seeds() {
        Order order = new Order(7, "n", List.of(1, 2, 3), new LinkedHashMap<>(Map.of("a", 1.5)), Kind.LARGE);
        return List.of(
                CODEC.write(order),
                CODEC.write(List.of(order, order)),
                CODEC.write(new LinkedHashMap<>(Map.of("k", Kind.SMALL, "l", List.of(1L, "x", 2.5, true)))),
                key(KEYS.encode(Kind.SMALL)),
                key(KEYS.encode(new Order(1, "k", List.of(), Map.of(), Kind.SMALL))));
    }

    private static byte[] key(byte[] body) {
        byte[] b = new byte[body.length + 1];
        b[0] = (byte) 0xff; // for the reader of keys
        System.arraycopy(body, 0, b, 1, body.length);
        return b;
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] b) {
        if (b.length > 0 && b[0] == (byte) 0xff) {
            keys(b);
            return;
        }
        boolean whole;
        try {
            whole = Values.check(b, 0, b.length) == b.length;
        } catch (ValueException e) {
            whole = false;
        }
        if (whole) {
            if (!Equality.equal(b, b.clone()) || Equality.hash(b) != Equality.hash(b.clone())) {
                throw new AssertionError("a value is not equal to itself");
            }
            if (Values.skip(b, 0) != b.length) {
                throw new AssertionError("a value is skipped too far, or not far enough");
            }
        }
        Object value;
        try {
            value = CODEC.read(b);
        } catch (ManagerException e) {
            return;
        }
        if (!whole) {
            throw new AssertionError("a client reads what the server refuses");
        }
        write(value);
    }

    private static void write(@Nullable Object value) {
        try {
            byte[] written = CODEC.write(value);
            Object again = CODEC.read(written);
            if (!Arrays.equals(written, CODEC.write(again))) {
                throw new AssertionError("another value came back");
            }
        } catch (ManagerException e) {
            // what is read may be nested deeper than what may be written, or hold what only others write
        }
    }

    private static void keys(byte[] b) {
        Object key;
        try {
            key = KEYS.decode(b, 1, b.length - 1);
        } catch (ManagerException e) {
            return;
        }
        if (!key.equals(KEYS.decode(KEYS.encode(key), 0, KEYS.encode(key).length))) {
            throw new AssertionError("another key came back");
        }
    }
}
