package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * Decides which failures are an answer. A collection is asked for any object; one that cannot travel, or that cannot be a key, is
 * not in it.
 */
final class Queries {
    private Queries() {}

    /** Returns if the failure means that what was asked for cannot be there, else throws it. */
    static void orThrow(ManagerException e) {
        boolean unwritable = e instanceof SerializationException s && s.isWriting();
        if (!unwritable && e.code() != ErrorCode.UNHASHABLE) {
            throw e;
        }
    }

    /** Returns if the server does not know the operation yet, else throws the refusal. */
    static void olderServer(RequestRejectedException e) {
        if (e.code() != ErrorCode.UNKNOWN_OPERATION) {
            throw e;
        }
    }

    /** Those that are there, to be asked for again together after a failure that means no for one of them. */
    static List<Object> present(Collection<?> values, Predicate<Object> contains) {
        List<Object> out = new ArrayList<>();
        for (Object v : values) {
            if (contains.test(v)) {
                out.add(v);
            }
        }
        return out;
    }
}
