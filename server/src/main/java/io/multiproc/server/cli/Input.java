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
        static final Kind<Integer> INT =
                new Kind<>("a whole number up to " + Integer.MAX_VALUE, text -> Integer.valueOf(whole(text)));
        static final Kind<Long> LONG = new Kind<>("a whole number", text -> Long.valueOf(whole(text)));
        static final Kind<Double> DECIMAL = new Kind<>("a number", Kind::decimal);
        static final Kind<Path> PATH = new Kind<>("a path", Kind::path);
        /** One that stays as it was written, or several of them. */
        static final Kind<String> PATH_TEXT = new Kind<>("a path", text -> {
            Path unused = path(text);
            return text;
        });

        /** Java reads digits of other scripts, too. */
        private static String whole(String text) {
            return matching(text, "[-+]?[0-9]+");
        }

        /** Java reads literals of its own, too: 5d is none of five days. */
        private static double decimal(String text) {
            double value = Double.parseDouble(matching(text, "[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?"));
            if (Double.isInfinite(value)) {
                throw new NumberFormatException(text);
            }
            return value;
        }

        private static String matching(String text, String pattern) {
            if (!text.matches(pattern)) {
                throw new NumberFormatException(text);
            }
            return text;
        }

        /** The empty one would be the folder that the program runs in. */
        private static Path path(String text) {
            if (text.isEmpty()) {
                throw new IllegalArgumentException(text);
            }
            return Path.of(text);
        }

        /** The same within bounds, which it says. */
        static Kind<Integer> between(int least, int most) {
            return new Kind<>(
                    most == Integer.MAX_VALUE
                            ? "a whole number from " + least + " on"
                            : "a whole number from " + least + " to " + most,
                    text -> {
                        int value = INT.reader().apply(text);
                        if (value < least || value > most) {
                            throw new IllegalArgumentException(text);
                        }
                        return value;
                    });
        }

        /** How long to wait. */
        static final Kind<Double> SECONDS = new Kind<>("a number of seconds, 0 or more", text -> {
            double seconds = decimal(text);
            if (seconds < 0) {
                throw new IllegalArgumentException(text);
            }
            return seconds;
        });
    }
}
