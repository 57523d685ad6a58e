package io.multiproc.server.cli;

import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An option or a parameter of a command. Holds what stands for it if it is not given until {@link Inputs#parse} has run. */
final class Input<T extends @Nullable Object> {
    private T value;

    Input(T ifAbsent) {
        value = ifAbsent;
    }

    /** One that is null if it is not given. */
    @SuppressWarnings("NullAway") // does not see that this T may be null
    static <T> Input<@Nullable T> absent() {
        return new Input<>(null);
    }

    T get() {
        return value;
    }

    void set(T given) {
        value = given;
    }

    /**
     * How a text becomes a value.
     *
     * @param what for the message, such as "a whole number"
     * @param reader throws an {@link IllegalArgumentException} for any other text
     */
    record Kind<T>(String what, Function<String, T> reader) {
        static final Kind<String> TEXT = new Kind<>("a text", text -> text);
        static final Kind<Integer> INT = new Kind<>("a whole number up to " + Integer.MAX_VALUE, Integer::valueOf);
        static final Kind<Long> LONG = new Kind<>("a whole number", Long::valueOf);
        static final Kind<Double> DECIMAL = new Kind<>("a number", Double::valueOf);
        static final Kind<Path> PATH = new Kind<>("a path", Path::of);
    }
}
