package io.multiproc.protocol.op;

/** The kinds of values that an argument or reply position may hold. Every argument and reply is one value of the envelope. */
public enum Shape {
    /** Nothing is answered but success; on the wire {@code null}. */
    NOTHING,
    BOOL,
    /** An integer that fits 64 bits, of any width. */
    INT,
    TEXT,
    /** Any value. */
    VALUE,
    /** A value that may be a dict key: a scalar, or a tuple or frozenset of such. */
    KEY,
    /** An integer of any size, a float or a decimal. */
    NUMBER,
    /** A list (or tuple) of values. */
    VALUES,
    /** A list (or tuple) of keys. */
    KEYS,
    /** A dict. */
    PAIRS,
    /** A tuple whose fields the row's documentation names. */
    TUPLE,
    /** A reference to a shared object. */
    REF
}
