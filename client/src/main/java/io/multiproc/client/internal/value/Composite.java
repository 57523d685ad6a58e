package io.multiproc.client.internal.value;

import io.multiproc.client.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * An object that is made of proxies: it travels as a tuple, in which the manager sees and counts them. The tuple's first element is a
 * {@link Blueprint}, by which the reader puts the object together.
 */
public interface Composite {
    /** The library's own, not for use by programs: what travels in place of this object, or null if it travels as other objects do. */
    @Nullable
    Tuple parts();
}
