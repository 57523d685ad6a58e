package io.multiproc.client.internal.kryo;

import java.util.Map;
import java.util.Set;

/**
 * The classes of a user whose objects may be written and read.
 *
 * @param ids registered classes by number
 * @param named classes that are written by their stored names
 * @param packages whose classes are written by name
 * @param references whether one object met twice within another stays one object
 */
public record AllowedClasses(
        Map<Integer, Class<?>> ids, Set<Class<?>> named, Set<String> packages, boolean references) {
    /** No class of a user's. */
    public static final AllowedClasses NONE = new AllowedClasses(Map.of(), Set.of(), Set.of(), false);
}
