package io.multiproc.client.internal.connection;

import java.util.ArrayList;
import java.util.List;

/**
 * Addresses of the nodes of one manager, in the order in which they are tried: the one that answered last comes first, then the others as they were given.
 *
 * <p>As text they are separated by commas: {@code tls://a:50000,b:50000}. An address without a scheme has that of the one before it. The path of a Unix
 * socket may have commas: only one that a scheme follows ends it.
 */
public final class Addresses {
    /** An address, and how a message names it. */
    record Named(String uri, Address address) {}

    private final List<Named> all;
    /** The place of the one that answered last. */
    private volatile int first;

    private Addresses(List<Named> all) {
        this.all = all;
    }

    /**
     * Reads one address or several.
     *
     * @throws IllegalArgumentException if one is no address; the text names it
     */
    public static Addresses parse(String text) {
        List<Named> all = new ArrayList<>();
        String scheme = "";
        for (String part : text.split(text.strip().startsWith("unix:") ? ",(?=\\s*[a-z]+://)" : ",", -1)) {
            String uri = part.strip();
            int end = uri.indexOf("://");
            if (uri.isEmpty() && text.contains(",")) {
                throw new IllegalArgumentException(
                        "'" + text + "' has an address that is empty; write them as tls://a:50000,b:50000");
            }
            if (end < 0 && !scheme.isEmpty()) {
                uri = scheme + "://" + uri;
            } else if (end >= 0) {
                scheme = uri.substring(0, end);
            }
            all.add(new Named(uri, Address.parse(uri)));
        }
        return new Addresses(List.copyOf(all));
    }

    /** Each of them whole, in the order in which they were given. */
    public List<String> uris() {
        return all.stream().map(Named::uri).toList();
    }

    /** In the order of the next attempt. */
    List<Named> inOrder() {
        int from = first;
        List<Named> out = new ArrayList<>(all);
        out.add(0, out.remove(from));
        return out;
    }

    /** One has answered: the next attempt begins with it. */
    void answered(Named one) {
        first = all.indexOf(one);
    }
}
