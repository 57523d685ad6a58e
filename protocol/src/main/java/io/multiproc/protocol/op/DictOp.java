package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a dict: insertion-ordered, keys compared by value as in Python. */
public enum DictOp implements Op {
    GET(row(0x0100, "dict.get")
            .args(of("key", KEY))
            .mayGive(VALUE)
            .doc(OpSpec.READ, "The value of the key, or absent.")),
    GET_MANY(row(0x0101, "dict.get_many")
            .args(of("keys", KEYS))
            .gives(VALUES)
            .doc(OpSpec.READ, "The value of each key in order, absent where there is none.")),
    CONTAINS_KEY(row(0x0102, "dict.contains_key")
            .args(of("key", KEY))
            .gives(BOOL)
            .doc(OpSpec.READ, "Whether the key is present.")),
    CONTAINS_VALUE(row(0x0103, "dict.contains_value")
            .args(of("value", VALUE))
            .gives(BOOL)
            .doc(OpSpec.READ, "Whether any key has an equal value; O(n).")),
    SIZE(row(0x0104, "dict.size").gives(INT).doc(OpSpec.READ, "The number of entries.")),
    SET(row(0x0105, "dict.set")
            .args(of("key", KEY), of("value", VALUE))
            .stores()
            .doc(OpSpec.SET, "Sets the value of the key; the first spelling of an equal key is kept.")),
    PUT(row(0x0106, "dict.put")
            .args(of("key", KEY), of("value", VALUE))
            .mayGive(VALUE)
            .stores()
            .doc(OpSpec.WRITE, "Sets the value of the key and returns the previous one, or absent.")),
    PUT_IF_ABSENT(
            row(0x0107, "dict.put_if_absent")
                    .args(of("key", KEY), of("value", VALUE))
                    .mayGive(VALUE)
                    .stores()
                    .doc(
                            OpSpec.WRITE,
                            "Sets the value unless the key is present; returns the existing value, or absent when it was set.")),
    PUT_ALL(row(0x0108, "dict.put_all")
            .args(of("pairs", PAIRS))
            .stores()
            .doc(OpSpec.SET, "Sets all pairs, in order, as one step.")),
    REMOVE(row(0x0109, "dict.remove")
            .args(of("key", KEY))
            .mayGive(VALUE)
            .doc(OpSpec.WRITE, "Removes the key and returns its value, or absent.")),
    REMOVE_IF(row(0x010A, "dict.remove_if")
            .args(of("key", KEY), of("value", VALUE))
            .gives(BOOL)
            .doc(OpSpec.WRITE, "Removes the key if its value equals the given one.")),
    REPLACE(row(0x010B, "dict.replace")
            .args(of("key", KEY), of("value", VALUE))
            .mayGive(VALUE)
            .stores()
            .doc(OpSpec.WRITE, "Sets the value only if the key is present; returns the previous value, or absent.")),
    REPLACE_IF(row(0x010C, "dict.replace_if")
            .args(of("key", KEY), of("expected", VALUE), of("value", VALUE))
            .gives(BOOL)
            .stores()
            .doc(OpSpec.WRITE, "Sets the value only if the current one equals the expected one.")),
    POP_ITEM(row(0x010D, "dict.pop_item")
            .mayGive(TUPLE)
            .doc(OpSpec.WRITE, "Removes the pair inserted last and returns it as (key, value), or absent when empty.")),
    ADD(
            row(0x010E, "dict.add")
                    .args(of("key", KEY), of("delta", NUMBER))
                    .gives(NUMBER)
                    .stores()
                    .doc(
                            OpSpec.WRITE,
                            "Adds to the number of the key (an absent key counts as 0) and returns the sum; integers never overflow.")),
    CLEAR(row(0x010F, "dict.clear").doc(OpSpec.SET, "Removes all entries.")),
    SNAPSHOT(row(0x0110, "dict.snapshot").gives(PAIRS).doc(OpSpec.READ, "All entries at one moment.")),
    CHUNK(
            row(0x0111, "dict.chunk")
                    .args(of("cursor", INT), of("limit", INT), of("parts", INT))
                    .gives(TUPLE)
                    .doc(
                            OpSpec.READ,
                            "Up to limit entries after the cursor (0 = from the start) as (next cursor or -1, list of keys (parts=0), values (1) or (key, value) tuples (2)); an entry present throughout an iteration is seen exactly once.")),
    SET_FENCED(
            row(0x0112, "dict.set_fenced")
                    .args(of("key", KEY), of("value", VALUE), of("lock", INT), of("token", INT))
                    .stores()
                    .doc(
                            OpSpec.WRITE,
                            "Sets the value of the key if the fencing token is that of the present owner of the lock, whose object id is given; else STALE_TOKEN, and nothing happens."));

    private final OpSpec spec;

    DictOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
