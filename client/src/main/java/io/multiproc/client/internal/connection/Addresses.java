package io.multiproc.client.internal.connection;

import io.multiproc.protocol.auth.HelloRefused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of the nodes of one manager, in the order in which they are tried: the one that answered last comes first, then the others as they were given, then
 * those that nodes have named. Thread-safe.
 *
 * <p>As text they are separated by commas: {@code tls://a:50000,b:50000}. An address without a scheme has that of the one before it. The path of a Unix
 * socket may have commas: only one that a scheme follows ends it.
 */
public final class Addresses {
    /** An address, and how a message names it. */
    record Named(String uri, Address address) {}

    /** How many are remembered that nodes have named: a cluster has far fewer. */
    static final int MOST_LEARNED = 32;

    private final List<Named> given;
    private final List<Named> learned = new ArrayList<>();
    /** Those that are of the cluster of the session. */
    private final Set<Address> members = new HashSet<>();
    /** Which of the host's addresses is the first to be tried. */
    private final Map<Named, Integer> turns = new HashMap<>();
    /** The one that answered last. */
    private Named own;

    private Addresses(List<Named> given) {
        this.given = given;
        own = given.get(0);
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
        return given.stream().map(Named::uri).toList();
    }

    /** In the order of the next attempt. */
    synchronized List<Named> inOrder() {
        List<Named> out = new ArrayList<>(given);
        out.addAll(learned);
        out.remove(own);
        out.add(0, own);
        return out;
    }

    /** One has answered: the next attempt begins with it. */
    synchronized void answered(Named one) {
        own = one;
    }

    /** Whether it is the one that answered last. */
    synchronized boolean isOwn(Named one) {
        return one.equals(own);
    }

    /** Whether it was given by the user. */
    boolean isGiven(Named one) {
        return given.contains(one);
    }

    /** Whether it is of the cluster that the session is of, as far as is known: what it says about sessions is said for all. */
    synchronized boolean isMember(Named one) {
        return one.equals(own) || members.contains(one.address());
    }

    /** How many of a host's addresses to pass over, since they were refused by a node that does not lead. */
    synchronized int turn(Named one) {
        return turns.getOrDefault(one, 0);
    }

    /** Those that lead, and all, of what a node has named and this client may use. */
    record Learned(List<Named> leader, List<Named> all) {}

    /**
     * Remembers what a node has named that does not lead.
     *
     * @param isNew whether there is no session yet, so that the cluster is the one to have it
     */
    synchronized Learned learn(Named from, HelloRefused.Nodes nodes, boolean isNew) {
        turns.merge(from, 1, Integer::sum);
        List<Named> leader = usable(nodes.leader());
        List<Named> all = usable(nodes.members());
        if (isNew || isMember(from) || all.contains(own)) {
            members.add(from.address());
            leader.forEach(one -> members.add(one.address()));
            all.forEach(one -> members.add(one.address()));
        }
        return new Learned(leader, all);
    }

    private List<Named> usable(List<String> uris) {
        List<Named> out = new ArrayList<>();
        for (String uri : uris) {
            Named one = known(uri);
            if (one != null && !out.contains(one)) {
                out.add(one);
            }
        }
        return out;
    }

    /** The one of that address under the name that it has here, if it may be used. */
    private @Nullable Named known(String uri) {
        Address address;
        try {
            address = Address.parse(uri);
        } catch (IllegalArgumentException e) {
            return null; // a later version's
        }
        for (Named one : inOrder()) {
            if (one.address().equals(address)) {
                return one;
            }
        }
        if (isDowngrade(address) || learned.size() >= MOST_LEARNED) {
            return null;
        }
        Named one = new Named(uri, address);
        learned.add(one);
        return one;
    }

    /** Whether a node's address is not used because it is not encrypted. */
    boolean isDowngrade(String uri) {
        try {
            return isDowngrade(Address.parse(uri));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether it would have what a user wants encrypted go over the network as it is. */
    private boolean isDowngrade(Address address) {
        return given.stream().anyMatch(one -> one.address().isEncrypted())
                && !address.isEncrypted()
                && !address.isLocal();
    }
}
