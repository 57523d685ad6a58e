package io.multiproc.client.internal.service;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A registered class as its host serves it.
 *
 * @param constructor makes an instance of the arguments
 * @param methods the names of the methods that may be called
 * @param typeIds by method, what its result becomes; no entry for a plain value
 * @param concurrent whether calls of one instance may run at the same time
 */
public record ServedClass(
        Constructor constructor, Set<String> methods, Map<String, String> typeIds, boolean concurrent) {
    /** Makes an instance of the arguments. */
    @FunctionalInterface
    public interface Constructor {
        Object make(List<@Nullable Object> arguments) throws Exception;
    }
}
