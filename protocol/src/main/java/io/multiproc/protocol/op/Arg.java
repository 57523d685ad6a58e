package io.multiproc.protocol.op;

/**
 * One argument position of a row.
 *
 * @param name the name used in documents and error texts
 * @param shape what the value may be
 * @param optional whether the position may be absent (the tag ABSENT, or left out at the end)
 */
public record Arg(String name, Shape shape, boolean optional) {
    public static Arg of(String name, Shape shape) {
        return new Arg(name, shape, false);
    }

    public static Arg optional(String name, Shape shape) {
        return new Arg(name, shape, true);
    }

    /** {@code "name:SHAPE"}, with a question mark when optional. */
    @Override
    public String toString() {
        return name + ":" + shape + (optional ? "?" : "");
    }
}
