package io.multiproc.server.access;

import io.multiproc.protocol.auth.Authkey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys that are valid at a time, each once, each with a name of its own. Immutable. */
public final class KeyRing {
    /** Each connection that proves a key has it compared with all of them. */
    public static final int MOST = 100;

    /** A key and what is known of it. */
    public record NamedKey(Principal principal, Authkey key) {}

    private final List<NamedKey> entries;
    private final List<Authkey> authkeys;

    private KeyRing(List<NamedKey> entries) {
        this.entries = List.copyOf(entries);
        this.authkeys = entries.stream().map(NamedKey::key).toList();
    }

    /**
     * Keys with names.
     *
     * @throws IllegalArgumentException if there is none, there are too many, or a name or key is there twice
     */
    public static KeyRing of(List<NamedKey> entries) {
        if (entries.isEmpty() || entries.size() > MOST) {
            throw new IllegalArgumentException("a server has 1 to " + MOST + " keys, not " + entries.size());
        }
        Set<String> names = new HashSet<>();
        List<Authkey> seen = new ArrayList<>();
        for (NamedKey entry : entries) {
            if (!names.add(entry.principal().name())) {
                throw new IllegalArgumentException(
                        "two keys are called '" + entry.principal().name() + "'");
            }
            if (seen.contains(entry.key())) {
                throw new IllegalArgumentException(
                        "the key '" + entry.principal().name() + "' is the same as another one: remove one of them");
            }
            seen.add(entry.key());
        }
        return new KeyRing(entries);
    }

    /** Keys that may do everything, named {@code key}, {@code key-2} and so on. */
    public static KeyRing ofAuthkeys(List<Authkey> keys) {
        List<NamedKey> entries = new ArrayList<>();
        for (Authkey key : keys) {
            String name = entries.isEmpty() ? "key" : "key-" + (entries.size() + 1);
            entries.add(new NamedKey(new Principal(name, Role.ADMIN, List.of()), key));
        }
        return of(entries);
    }

    public List<NamedKey> entries() {
        return entries;
    }

    /** The keys alone, in the same order. */
    public List<Authkey> authkeys() {
        return authkeys;
    }

    /** What is known of a key, or null if it is not valid. */
    public @Nullable NamedKey entry(Authkey key) {
        for (NamedKey entry : entries) {
            if (entry.key().equals(key)) {
                return entry;
            }
        }
        return null;
    }
}
