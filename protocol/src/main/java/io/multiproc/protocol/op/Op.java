package io.multiproc.protocol.op;

import org.jspecify.annotations.Nullable;

/** A row of the operation table. An enum of them is the table of one kind of object. */
public interface Op {
    OpSpec spec();

    /** The constant's name, for logs. */
    String name();

    default int code() {
        return spec().code();
    }

    default String wireName() {
        return spec().wireName();
    }

    default boolean has(Flag flag) {
        return spec().has(flag);
    }

    /** The operation that takes back what this one granted, or null. See {@link OpSpec#undo}. */
    default @Nullable Op undo() {
        String name = spec().undo();
        return name == null ? null : OpTable.named(name);
    }
}
