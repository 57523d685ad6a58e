package io.multiproc.client.internal.value;

import java.util.Collection;

/** Names of packages whose classes are allowed. */
public final class Packages {
    private Packages() {}

    /** Whether a class is in one of them or below. Below the unnamed package, {@code ""}, is nothing. */
    public static boolean have(Collection<String> packages, String className) {
        int last = className.lastIndexOf('.');
        if (last < 0) {
            return packages.contains("");
        }
        for (int dot = last; dot > 0; dot = className.lastIndexOf('.', dot - 1)) {
            if (packages.contains(className.substring(0, dot))) {
                return true;
            }
        }
        return false;
    }

    /** That of a class; {@code ""} if it has none. */
    public static String of(String className) {
        return className.substring(0, Math.max(className.lastIndexOf('.'), 0));
    }
}
