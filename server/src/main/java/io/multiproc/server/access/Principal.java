package io.multiproc.server.access;

import java.util.List;

/**
 * What is known of whoever has a key, apart from the key. Immutable.
 *
 * @param name the key's name, for people
 * @param role which operations it permits
 * @param prefixes how the names begin of the objects that it may use; none for all objects
 */
public record Principal(String name, Role role, List<String> prefixes) {
    public Principal {
        prefixes = List.copyOf(prefixes);
    }

    /** Whether it may do everything, so that nothing needs to be checked. */
    public boolean isUnlimited() {
        return role == Role.ADMIN && prefixes.isEmpty();
    }

    /** Whether it may use objects of this name. */
    public boolean covers(String object) {
        if (prefixes.isEmpty()) {
            return true;
        }
        for (String prefix : prefixes) {
            if (object.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** The prefixes, quoted, for messages. */
    String quotedPrefixes() {
        return "'" + String.join("' or '", prefixes) + "'";
    }
}
