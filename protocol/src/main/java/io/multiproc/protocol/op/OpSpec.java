package io.multiproc.protocol.op;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One row of the operation table.
 *
 * @param code the number on the wire; never reused
 * @param wireName {@code type.operation}
 * @param args argument positions, in order
 * @param reply what a successful reply holds
 * @param replyOptional whether a successful reply may be ABSENT ("no such key", "nothing there in time")
 * @param flagBits what generic code needs to know: the flags, each as the bit of its ordinal, as they are asked for several times in each request
 * @param undo the wire name of the operation of the same type, with the same first argument, that takes back what this one granted: for a grant that
 *     nobody waits for any more
 * @param doc one sentence
 */
public record OpSpec(
        int code,
        String wireName,
        List<Arg> args,
        Shape reply,
        boolean replyOptional,
        int flagBits,
        @Nullable String undo,
        String doc) {
    public OpSpec {
        args = List.copyOf(args);
    }

    public boolean has(Flag flag) {
        return (flagBits & bit(flag)) != 0;
    }

    private static int bit(Flag flag) {
        return 1 << flag.ordinal();
    }

    public Set<Flag> flags() {
        Set<Flag> all = EnumSet.allOf(Flag.class);
        all.removeIf(flag -> !has(flag));
        return all;
    }

    /** The number of arguments that may not be left out. */
    public int required() {
        int n = args.size();
        while (n > 0 && args.get(n - 1).optional()) {
            n--;
        }
        return n;
    }

    static Row row(int code, String wireName) {
        return new Row(code, wireName);
    }

    /** Collects a row so that the table reads as one line per operation. */
    static final class Row {
        private final int code;
        private final String wireName;
        private List<Arg> args = List.of();
        private Shape reply = Shape.NOTHING;
        private boolean replyOptional;
        private boolean stores;
        private @Nullable String undo;

        private Row(int code, String wireName) {
            this.code = code;
            this.wireName = wireName;
        }

        Row args(Arg... positions) {
            args = List.of(positions);
            return this;
        }

        Row gives(Shape shape) {
            reply = shape;
            return this;
        }

        Row mayGive(Shape shape) {
            reply = shape;
            replyOptional = true;
            return this;
        }

        Row stores() {
            stores = true;
            return this;
        }

        Row undoneBy(String operation) {
            undo = operation;
            return this;
        }

        OpSpec doc(Set<Flag> flags, String doc) {
            int bits = stores ? bit(Flag.STORES) : 0;
            for (Flag flag : flags) {
                bits |= bit(flag);
            }
            return new OpSpec(code, wireName, args, reply, replyOptional, bits, undo, doc);
        }
    }

    static final Set<Flag> READ = Set.of(Flag.READ, Flag.IDEMPOTENT);
    static final Set<Flag> WRITE = Set.of(Flag.WRITE);
    static final Set<Flag> OPENS = Set.of(Flag.WRITE, Flag.IDEMPOTENT, Flag.OPENS);
    static final Set<Flag> LETS_GO = Set.of(Flag.WRITE, Flag.SESSION_BOUND, Flag.SESSION);
    static final Set<Flag> ANNOUNCES = Set.of(Flag.WRITE, Flag.IDEMPOTENT, Flag.SESSION);
    static final Set<Flag> ADMIN = Set.of(Flag.WRITE, Flag.ADMIN);
    static final Set<Flag> ADMIN_READ = Set.of(Flag.READ, Flag.IDEMPOTENT, Flag.ADMIN);
    static final Set<Flag> SET = Set.of(Flag.WRITE, Flag.IDEMPOTENT);
    static final Set<Flag> OWNS = Set.of(Flag.WRITE, Flag.SESSION_BOUND);
    static final Set<Flag> WAITS = Set.of(Flag.WRITE, Flag.MAY_PARK);
    static final Set<Flag> WATCHES = Set.of(Flag.READ, Flag.IDEMPOTENT, Flag.MAY_PARK);
    static final Set<Flag> WAITS_AND_OWNS = Set.of(Flag.WRITE, Flag.MAY_PARK, Flag.SESSION_BOUND);
    static final Set<Flag> DELIVERS = Set.of(Flag.WRITE, Flag.SESSION_BOUND, Flag.DELIVERS);
    static final Set<Flag> WAITS_AND_DELIVERS = Set.of(Flag.WRITE, Flag.MAY_PARK, Flag.SESSION_BOUND, Flag.DELIVERS);
}
