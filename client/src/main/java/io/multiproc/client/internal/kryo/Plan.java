package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.KryoException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How the fields of a sender's version of a class belong to the fields of ours. Immutable. */
final class Plan {
    /** The sender's fields, in their order. */
    final int[] codes;
    /** Ours for each of them; null for one that we do not have. */
    final Layout.@Nullable Slot[] targets;
    /** Whether there are fields of ours that the sender does not have. */
    final boolean incomplete;
    /** The names of those. */
    private final String absent;

    private Plan(int[] codes, Layout layout) {
        this.codes = codes;
        this.targets = new Layout.Slot[codes.length];
        StringBuilder missing = new StringBuilder();
        for (int i = 0; i < codes.length; i++) {
            targets[i] = layout.slot(codes[i]);
        }
        for (Layout.Slot ours : layout.slots) {
            if (Arrays.stream(targets).noneMatch(t -> t == ours)) {
                missing.append(missing.length() == 0 ? "" : ", ").append(ours.name);
            }
        }
        this.absent = missing.toString();
        this.incomplete = missing.length() > 0;
    }

    static Plan of(int[] codes, Layout layout) {
        return new Plan(codes, layout);
    }

    String absent() {
        return absent;
    }

    /** The fields of a description whose head has been read. */
    static int[] codes(BoundedInput in, int count) {
        int[] codes = new int[in.claim(count)];
        for (int i = 0; i < count; i++) {
            codes[i] = in.readInt();
            if (!Layout.isWay(Layout.wayOf(codes[i]))) {
                throw new KryoException("a field of an unknown kind: a newer version of this library wrote it");
            }
        }
        return codes;
    }
}
