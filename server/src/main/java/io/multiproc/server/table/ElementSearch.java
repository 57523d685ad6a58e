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
