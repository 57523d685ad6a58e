package io.multiproc.server.access;

import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.Op;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The role of a key: which operations it permits, by their flags alone. */
public enum Role {
    /** Reads, and waits for what it only looks at. Takes nothing, locks nothing, changes nothing but its own session. */
    READ,
    /** Everything but the administration of the server. */
    USE,
    /** Everything. */
    ADMIN;

    /**
     * Whether the role permits an operation.
     *
     * @param present whether what it opens is there; without meaning for operations that open nothing
     */
    public boolean permits(Op op, boolean present) {
        if (this == ADMIN) {
            return true;
        }
        if (op.has(Flag.ADMIN)) {
            return false;
        }
        return this == USE || op.has(Flag.READ) || op.has(Flag.SESSION) || (op.has(Flag.OPENS) && present);
    }

    /** The least role that permits an operation in any case. */
    static Role needed(Op op) {
        return READ.permits(op, false) ? READ : USE.permits(op, false) ? USE : ADMIN;
    }

    /** The word in files and messages. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of a word, or null. */
    static @Nullable Role of(String word) {
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return role;
            }
        }
        return null;
    }
}
