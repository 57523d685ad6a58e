package io.multiproc.client;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key of a manager, as it was when {@link Manager#keys} asked. The key itself is never told.
 *
 * @param name the key's name
 * @param role {@code read}, {@code use} or {@code admin}
 * @param prefixes how the names begin of the objects that it may use; none for all objects
 * @param sessions how many sessions are open with it
 * @param details everything that the server said, by its own key, in its order: what has no component here is in it. Unmodifiable
 */
public record KeyInfo(
        String name, String role, List<String> prefixes, long sessions, Map<String, @Nullable Object> details) {
    static KeyInfo of(Facts f) {
        List<String> prefixes = f.all().get("prefixes") instanceof List<?> l
                ? l.stream().map(String::valueOf).toList()
                : List.of();
        return new KeyInfo(f.text("name"), f.text("role"), prefixes, f.number("sessions"), f.all());
    }
}
