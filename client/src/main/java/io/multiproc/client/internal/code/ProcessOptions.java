package io.multiproc.client.internal.code;

import io.multiproc.client.ManagerOptions;

/** The classes that this process may read and write where nobody says otherwise: in a child, those of its parent's letter. */
public final class ProcessOptions {
    private static volatile PlainCodec codec = new PlainCodec(ManagerOptions.defaults());

    private ProcessOptions() {}

    /** With these classes. */
    public static PlainCodec codec() {
        return codec;
    }

    public static void set(PlainCodec of) {
        codec = of;
    }
}
