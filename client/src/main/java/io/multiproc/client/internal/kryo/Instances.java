package io.multiproc.client.internal.kryo;

import org.objenesis.ObjenesisStd;

/** Objects without a call of their constructor, for those whose fields are then set one by one. */
public final class Instances {
    private static final ObjenesisStd MAKER = new ObjenesisStd(true);

    private Instances() {}

    /** An object of a class with all its fields at their defaults. */
    public static <T> T blank(Class<T> type) {
        return MAKER.newInstance(type);
    }
}
