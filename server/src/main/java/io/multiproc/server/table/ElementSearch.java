package io.multiproc.server.table;

import io.multiproc.protocol.wire.Equality;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A search for elements that are equal to one of several values, in time linear in both. */
public final class ElementSearch {
    private ElementSearch() {}

    /** The positions of the elements that are (or are not) equal to one of the values. */
    public static BitSet positions(ElementRing<byte[]> elements, List<byte[]> values, boolean equal) {
        Set<Equality.Key> keys = new HashSet<>();
        for (byte[] value : values) {
            keys.add(new Equality.Key(value));
        }
        BitSet out = new BitSet();
        for (int i = 0; i < elements.size(); i++) {
            if (keys.contains(new Equality.Key(elements.get(i))) == equal) {
                out.set(i);
            }
        }
        return out;
    }

    /** The position of the equal element that is nearest to one, the earlier of two; -1 if there is none. */
    public static int nearest(ElementRing<byte[]> elements, long position, byte[] value, int at) {
        int size = elements.size();
        int middle = (int) Math.max(0, Math.min(position, size));
        for (int distance = 0; distance <= size; distance++) {
            int before = middle - distance;
            int after = middle + distance;
            if (before >= 0 && before < size && Equality.equal(elements.get(before), 0, value, at)) {
                return before;
            }
            if (after < size && Equality.equal(elements.get(after), 0, value, at)) {
                return after;
            }
        }
        return -1;
    }

    /** Whether each value has an equal element. */
    public static boolean containsAll(ElementRing<byte[]> elements, List<byte[]> values) {
        Set<Equality.Key> missing = new HashSet<>();
        for (byte[] value : values) {
            missing.add(new Equality.Key(value));
        }
        for (int i = 0; i < elements.size() && !missing.isEmpty(); i++) {
            missing.remove(new Equality.Key(elements.get(i)));
        }
        return missing.isEmpty();
    }
}
