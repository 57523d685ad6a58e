package io.multiproc.tests.linearizability;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Wing and Gong's search for an order of the operations of a history, with Lowe's memory of what was tried before.
 *
 * <p>An order is good if an operation that returned before another was called stands before it, and each answer is the one that
 * the spec gives in this order. Only an operation that was called before the earliest return among the operations left can be next;
 * all such are tried. What can follow depends on nothing but the set of operations done and the state, so each pair of them is
 * tried once. An operation without a return (its client died) may have happened or not.
 */
public final class Checker {
    /** A moment after all others. */
    public static final long NEVER = Long.MAX_VALUE;

    /**
     * An operation of a history.
     *
     * @param answer of no meaning if it never returned
     * @param called and returned: moments on one clock, all different
     */
    public record Operation(Spec.Call call, Object answer, long called, long returned) {}

    private record Tried(BitSet done, Object state) {}

    private final Spec spec;
    private final List<Operation> operations;
    private final Set<Tried> tried = new HashSet<>();
    private final BitSet done = new BitSet();

    private Checker(Spec spec, List<Operation> operations) {
        this.spec = spec;
        this.operations = operations;
    }

    /** Whether there is a good order of the operations. */
    public static boolean isLinearizable(Spec spec, List<Operation> history) {
        return new Checker(spec, List.copyOf(history)).search(spec.initial());
    }

    private boolean search(Object state) {
        long earliest = NEVER;
        for (int i = 0; i < operations.size(); i++) {
            if (!done.get(i)) {
                earliest = Math.min(earliest, operations.get(i).returned);
            }
        }
        if (earliest == NEVER) {
            // what is left never returned, and need not have happened
            return true;
        }
        if (!tried.add(new Tried((BitSet) done.clone(), state))) {
            return false;
        }
        for (int i = 0; i < operations.size(); i++) {
            Operation o = operations.get(i);
            if (!done.get(i) && o.called < earliest) {
                Spec.Step step = spec.apply(state, o.call);
                if (o.returned == NEVER || step.answer().equals(o.answer)) {
                    done.set(i);
                    if (search(step.state())) {
                        return true;
                    }
                    done.clear(i);
                }
            }
        }
        return false;
    }
}
