package io.multiproc.server.table;

import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Work;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A search for elements that are equal to one of several values, in time linear in both, which is counted. */
public final class ElementSearch {
    private ElementSearch() {}

    /** The positions of the elements that are (or are not) equal to one of the values. */
    public static BitSet positions(ElementRing<byte[]> elements, List<byte[]> values, boolean equal, Work work) {
        work.spend(elements.size(), Work.ELEMENT);
        Set<Equality.Key> keys = keys(values, work);
        BitSet out = new BitSet();
        for (int i = 0; i < elements.size(); i++) {
            byte[] element = elements.get(i);
            work.spend(2 * Equality.cost(element, 0, element.length));
            if (keys.contains(new Equality.Key(element)) == equal) {
                out.set(i);
            }
        }
        return out;
    }

    private static Set<Equality.Key> keys(List<byte[]> values, Work work) {
        work.spend(values.size(), Work.LOOK_UP);
        Set<Equality.Key> keys = new HashSet<>();
        for (byte[] value : values) {
            work.spend(2 * Equality.cost(value, 0, value.length));
            keys.add(new Equality.Key(value));
        }
        return keys;
    }

    /** The position of the equal element that is nearest to one, the earlier of two; -1 if there is none. */
    public static int nearest(ElementRing<byte[]> elements, long position, byte[] value, int at, Work work) {
        int size = elements.size();
        int middle = (int) Math.max(0, Math.min(position, size));
        for (int distance = 0; distance <= size; distance++) {
            int before = middle - distance;
            int after = middle + distance;
            if (before >= 0 && before < size && Equality.equal(elements.get(before), 0, value, at, work)) {
                return before;
            }
            if (after < size && Equality.equal(elements.get(after), 0, value, at, work)) {
                return after;
            }
        }
        return -1;
    }

    /** Whether each value has an equal element. */
    public static boolean containsAll(ElementRing<byte[]> elements, List<byte[]> values, Work work) {
        Set<Equality.Key> missing = keys(values, work);
        for (int i = 0; i < elements.size() && !missing.isEmpty(); i++) {
            byte[] element = elements.get(i);
            work.spend(Work.ELEMENT + 2 * Equality.cost(element, 0, element.length));
            missing.remove(new Equality.Key(element));
        }
        return missing.isEmpty();
    }
}
