package io.multiproc.protocol.pickle;

import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.pickle.Py.PyTuple;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;

/** Values that cannot change and are small, of which nobody cares whether there is one or two that are equal: tuples of numbers, dates. */
final class SmallValues {
    /** In parts, each a scalar of up to 16 bytes. */
    private static final int MOST = 32;

    private static final Set<String> IMMUTABLE = Set.of(
            "builtins.complex",
            "builtins.range",
            "datetime.date",
            "datetime.time",
            "datetime.datetime",
            "datetime.timedelta",
            "datetime.timezone",
            "decimal.Decimal",
            "fractions.Fraction",
            "uuid.UUID");

    private SmallValues() {}

    static boolean isOne(Object v) {
        return left(v, MOST) >= 0;
    }

    /** What is left of an allowance of parts; negative if it is not enough, or a part can change. */
    private static int left(Object v, int allowed) {
        if (allowed <= 0) {
            return -1;
        }
        if (v instanceof PyTuple t) {
            return left(t.items, allowed - 1);
        } else if (v instanceof PySet set) {
            return set.frozen ? left(set.items, allowed - 1) : -1;
        } else if (v instanceof PyObject o) {
            return IMMUTABLE.contains(o.className()) ? ofObject(o, allowed - 2) : -1;
        } else if (v instanceof String s) {
            return allowed - 1 - s.length() / 16;
        } else if (v instanceof byte[] b) {
            return allowed - 1 - b.length / 16;
        } else if (v instanceof BigInteger n) {
            return allowed - 1 - n.bitLength() / 128;
        }
        return v instanceof Number || v instanceof Boolean || v == Py.NONE || v instanceof PyGlobal ? allowed - 1 : -1;
    }

    private static int left(List<Object> items, int allowed) {
        int left = allowed;
        for (int i = 0; i < items.size() && left >= 0; i++) {
            left = left(items.get(i), left);
        }
        return left;
    }

    /** Its state is its own. */
    private static int ofObject(PyObject o, int allowed) {
        int left = left(o.arguments(), allowed);
        for (Object state : o.values) {
            left = state instanceof PyDict d ? left(d.pairs, left) : left(state, left);
        }
        return left;
    }
}
