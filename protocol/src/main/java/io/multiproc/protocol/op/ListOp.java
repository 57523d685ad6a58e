package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.Arg.optional;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a list. A negative index counts from the end; slices follow Python. */
public enum ListOp implements Op {
    GET(row(0x0200, "list.get").args(of("index", INT)).gives(VALUE).doc(OpSpec.READ, "The element at the index.")),
    SET(row(0x0201, "list.set")
            .args(of("index", INT), of("value", VALUE))
            .gives(VALUE)
            .stores()
            .doc(OpSpec.WRITE, "Replaces the element at the index and returns the previous one.")),
    ADD(row(0x0202, "list.add").args(of("value", VALUE)).stores().doc(OpSpec.WRITE, "Appends a value.")),
    ADD_AT(row(0x0203, "list.add_at")
            .args(of("index", INT), of("value", VALUE))
            .stores()
            .doc(OpSpec.WRITE, "Inserts before the index, which must be 0 to size.")),
    INSERT(row(0x0204, "list.insert")
            .args(of("index", INT), of("value", VALUE))
            .stores()
            .doc(OpSpec.WRITE, "Inserts before the index as Python does: out of range means the nearest end.")),
    ADD_ALL(row(0x0205, "list.add_all")
            .args(of("values", VALUES))
            .stores()
            .doc(OpSpec.WRITE, "Appends all values as one step.")),
    ADD_ALL_AT(row(0x0206, "list.add_all_at")
            .args(of("index", INT), of("values", VALUES))
            .stores()
            .doc(OpSpec.WRITE, "Inserts all values before the index, which must be 0 to size.")),
    REMOVE_AT(row(0x0207, "list.remove_at")
            .args(of("index", INT))
            .gives(VALUE)
            .doc(OpSpec.WRITE, "Removes the element at the index and returns it.")),
    REMOVE_VALUE(row(0x0208, "list.remove_value")
            .args(of("value", VALUE))
            .gives(BOOL)
            .doc(OpSpec.WRITE, "Removes the first equal element; false when there is none.")),
    REMOVE_ALL(row(0x0209, "list.remove_all")
            .args(of("values", VALUES))
            .gives(BOOL)
            .doc(OpSpec.WRITE, "Removes every element equal to one of the values.")),
    RETAIN_ALL(row(0x020A, "list.retain_all")
            .args(of("values", VALUES))
            .gives(BOOL)
            .doc(OpSpec.WRITE, "Removes every element equal to none of the values.")),
    INDEX_OF(row(0x020B, "list.index_of")
            .args(of("value", VALUE), optional("start", INT), optional("stop", INT))
            .gives(INT)
            .doc(OpSpec.READ, "The first index of an equal element within [start, stop), or -1.")),
    LAST_INDEX_OF(row(0x020C, "list.last_index_of")
            .args(of("value", VALUE))
            .gives(INT)
            .doc(OpSpec.READ, "The last index of an equal element, or -1.")),
    CONTAINS_ALL(row(0x020D, "list.contains_all")
            .args(of("values", VALUES))
            .gives(BOOL)
            .doc(OpSpec.READ, "Whether every value has an equal element.")),
    COUNT(row(0x020E, "list.count")
            .args(of("value", VALUE))
            .gives(INT)
            .doc(OpSpec.READ, "The number of equal elements.")),
    SIZE(row(0x020F, "list.size").gives(INT).doc(OpSpec.READ, "The number of elements.")),
    CLEAR(row(0x0210, "list.clear").doc(OpSpec.SET, "Removes all elements.")),
    SLICE(row(0x0211, "list.slice")
            .args(optional("start", INT), optional("stop", INT), optional("step", INT))
            .gives(VALUES)
            .doc(OpSpec.READ, "The elements of a Python slice.")),
    SET_SLICE(row(0x0212, "list.set_slice")
            .args(optional("start", INT), optional("stop", INT), optional("step", INT), of("values", VALUES))
            .stores()
            .doc(OpSpec.WRITE, "Assigns to a Python slice; with a step other than 1 the sizes must agree.")),
    DELETE_SLICE(row(0x0213, "list.delete_slice")
            .args(optional("start", INT), optional("stop", INT), optional("step", INT))
            .doc(OpSpec.WRITE, "Deletes a Python slice.")),
    REVERSE(row(0x0214, "list.reverse").doc(OpSpec.WRITE, "Reverses in place.")),
    SORT(
            row(0x0215, "list.sort")
                    .args(of("reverse", BOOL))
                    .doc(
                            OpSpec.WRITE,
                            "Sorts in place, stable, by the natural order of numbers, texts, bytes, dates or tuples and lists of them; NOT_COMPARABLE leaves the list as it was.")),
    REPEAT(row(0x0216, "list.repeat")
            .args(of("times", INT))
            .stores()
            .doc(OpSpec.WRITE, "Repeats the content in place; 0 or less empties the list.")),
    COMPARE_AND_SET(row(0x0217, "list.compare_and_set")
            .args(of("index", INT), of("expected", VALUE), of("value", VALUE))
            .gives(BOOL)
            .stores()
            .doc(OpSpec.WRITE, "Replaces the element only if it equals the expected value.")),
    SNAPSHOT(
            row(0x0218, "list.snapshot")
                    .gives(TUPLE)
                    .doc(
                            OpSpec.READ,
                            "(version, list of all elements) at one moment; the version changes with every change of the list.")),
    REPLACE_IF_VERSION(row(0x0219, "list.replace_if_version")
            .args(of("version", INT), of("values", VALUES))
            .gives(BOOL)
            .stores()
            .doc(OpSpec.WRITE, "Replaces the whole content if the version is still the given one.")),
    REMOVE_NEAR(
            row(0x021A, "list.remove_near")
                    .args(of("index", INT), of("value", VALUE))
                    .gives(INT)
                    .doc(
                            OpSpec.WRITE,
                            "Removes the equal element that is nearest to the index; the index where it was, or -1 when there is none.")),
    SET_NEAR(
            row(0x021B, "list.set_near")
                    .args(of("index", INT), of("expected", VALUE), of("value", VALUE))
                    .gives(INT)
                    .stores()
                    .doc(
                            OpSpec.WRITE,
                            "Replaces the element equal to the expected value that is nearest to the index; the index where it is, or -1 when there is none."));

    private final OpSpec spec;

    ListOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
