package io.multiproc.client.internal.code;

import io.multiproc.client.internal.kryo.AllowedClasses;

/** The classes that this process may read and write where nobody says otherwise: in a child, those of its parent's letter. */
public final class ProcessOptions {
    private static volatile ValueCodec codec = new ValueCodec(AllowedClasses.NONE);

    private ProcessOptions() {}

    /** With these classes. */
    public static ValueCodec codec() {
        return codec;
    }

    public static void set(ValueCodec of) {
        codec = of;
    }
}
