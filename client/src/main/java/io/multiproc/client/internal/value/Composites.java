package io.multiproc.client.internal.value;

import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Access to the class whose objects are made of proxies, the ends of pipes on a manager. They travel as a tuple, in which the manager sees
 * and counts the proxies. The tuple's first element is a {@link Blueprint}, by which the reader puts the object together. The class registers
 * itself when it is initialized; it stands above this package, which does not know it.
 */
public final class Composites {
    private record Kind<T>(
            Class<T> type, Function<T, @Nullable Tuple> parts, BiFunction<String, Tuple, Object> assembler) {
        @Nullable
        Tuple partsOf(Object value) {
            return value.getClass() == type ? parts.apply(type.cast(value)) : null;
        }
    }

    private static volatile @Nullable Kind<?> kind;

    private Composites() {}

    /**
     * Registers the class.
     *
     * @param type a final class
     * @param parts what travels in place of an object, or null if it travels as other objects do
     * @param assembler makes the object of the blueprint's text and the whole tuple, which anybody may have sent; calls no manager
     */
    public static <T> void register(
            Class<T> type, Function<T, @Nullable Tuple> parts, BiFunction<String, Tuple, Object> assembler) {
        kind = new Kind<>(type, parts, assembler);
    }

    /** What travels in place of an object, or null if it travels as other objects do. */
    public static @Nullable Tuple parts(Object value) {
        Kind<?> k = kind;
        return k == null ? null : k.partsOf(value);
    }

    static Object assemble(Blueprint blueprint, Tuple parts) {
        Kind<?> k = kind;
        if (k == null) {
            throw SerializationException.reading("a composite object came of a class that is not there", null);
        }
        return k.assembler.apply(blueprint.text(), parts);
    }
}
