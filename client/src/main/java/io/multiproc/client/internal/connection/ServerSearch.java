package io.multiproc.client.internal.connection;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.Outcome;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.client.ServerRestartedException;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloRefused;
import io.multiproc.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One search for the server among the addresses of a manager, or for the node of a cluster that leads. Each address gets an equal share of the time that is left, so
 * that one behind which nobody answers leaves time for the others.
 *
 * <p>A node that does not lead says which one does, and that is asked at once. In a round each address is asked once, so nodes that name each other send nobody
 * around in circles. A program that has no session yet asks all of them again after a pause, until its time is over; one that resumes a session does
 * so by itself, as it has other things to do meanwhile.
 */
final class ServerSearch {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** What a node has named may be out of reach from here, as names within a network of containers are. */
    private static final long MOST_LEARNED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ConnectionOptions options;
    private final Addresses addresses;
    private final Duration timeout;
    private final Hello greeting;
    private final boolean resumes;
    private final long deadline;

    /** Of this round. */
    private final List<ManagerException> failures = new ArrayList<>();

    private final Set<Addresses.Named> asked = new HashSet<>();
    private final List<Addresses.Named> queue = new ArrayList<>();
    /** Named by nodes, and silent when they were asked. */
    private final Set<Addresses.Named> outOfReach = new HashSet<>();

    private boolean isFirst = true;

    ServerSearch(ConnectionOptions options, Duration timeout, Hello greeting) {
        this.options = options;
        this.timeout = timeout;
        this.greeting = greeting;
        addresses = options.addresses();
        resumes = greeting.session() != 0;
        deadline = System.nanoTime() + timeout.toNanos();
    }

    /** How long to wait before nodes are asked again of which none leads; not the same for all clients. */
    static long pauseNanos() {
        return PAUSE_NANOS + ThreadLocalRandom.current().nextLong(PAUSE_NANOS / 2);
    }

    Connector.Link run() {
        while (true) {
            Connector.Link link = round();
            if (link != null) {
                return link;
            }
            long pause = pauseNanos();
            if (resumes
                    || refusal() == null
                    || deadline - System.nanoTime() <= pause + Connector.LEAST_ATTEMPT_NANOS
                    || Thread.currentThread().isInterrupted()) {
                throw failed();
            }
            LockSupport.parkNanos(this, pause);
        }
    }

    private Connector.@Nullable Link round() {
        failures.clear();
        asked.clear();
        queue.addAll(addresses.inOrder());
        queue.removeAll(outOfReach);
        while (!queue.isEmpty()) {
            Addresses.Named one = queue.remove(0);
            asked.add(one);
            long begun = System.nanoTime();
            try {
                Connector.Link link =
                        Connector.connect(one, addresses.turn(one), options, share(one, queue.size() + 1), greeting);
                addresses.answered(one);
                return link;
            } catch (ManagerException e) {
                failures.add(e);
                HelloRefused.Nodes nodes = nodes(e);
                if (nodes != null) {
                    follow(addresses.learn(one, nodes, !resumes));
                } else if (resumes && isFinal(e, one)) {
                    throw e;
                } else if (!addresses.isGiven(one) && System.nanoTime() - begun > SILENT_NANOS) {
                    outOfReach.add(one);
                }
                if (Thread.currentThread().isInterrupted()) {
                    queue.clear();
                }
            }
        }
        return null;
    }

    private Duration share(Addresses.Named one, int left) {
        if (left == 1 && isFirst) {
            isFirst = false;
            return timeout;
        }
        isFirst = false;
        long nanos = Math.max(deadline - System.nanoTime(), Connector.LEAST_ATTEMPT_NANOS) / left;
        return Duration.ofNanos(addresses.isGiven(one) || left == 1 ? nanos : Math.min(nanos, MOST_LEARNED_NANOS));
    }

    /** The leader comes next, and the others that were not known at the end. */
    private void follow(Addresses.Learned learned) {
        List<Addresses.Named> next = new ArrayList<>(learned.leader());
        next.removeAll(asked);
        next.removeAll(outOfReach);
        queue.removeAll(next);
        queue.addAll(0, next);
        for (Addresses.Named one : learned.all()) {
            if (!asked.contains(one) && !queue.contains(one) && !outOfReach.contains(one)) {
                queue.add(one);
            }
        }
    }

    /** Where a node sends this client that does not lead; null if it said something else. */
    private static HelloRefused.@Nullable Nodes nodes(ManagerException e) {
        return e.code() == ErrorCode.NOT_LEADER && e.getCause() instanceof HandshakeException h ? h.nodes() : null;
    }

    /** What a node said that does not lead, in this round; the one that says most. */
    private @Nullable ManagerException refusal() {
        ManagerException best = null;
        for (ManagerException e : failures) {
            HelloRefused.Nodes nodes = nodes(e);
            if (nodes != null && (best == null || nodes.status().length > 0)) {
                best = e;
            }
        }
        return best;
    }

    /**
     * Whether a session is over by what one address says: it knows of the session and has ended it, or it is of the cluster that the session is of, or is the one that the
     * session was with. Another one that knows nothing of it may be a stranger's.
     */
    private boolean isFinal(ManagerException e, Addresses.Named one) {
        return e instanceof SessionExpiredException
                        && (addresses.isMember(one) || !(e instanceof ServerRestartedException))
                || e instanceof AuthenticationException && addresses.isOwn(one);
    }

    /**
     * What to say when no address is left. A session is over when all addresses say so. A program that has no session yet is told of a wrong key if it met one.
     */
    private ManagerException failed() {
        List<ManagerException> decisions = failures.stream()
                .filter(e -> e instanceof SessionExpiredException || e instanceof AuthenticationException)
                .toList();
        if (decisions.size() == failures.size() || (!resumes && !decisions.isEmpty())) {
            return decisions.get(0);
        }
        ManagerException refusal = refusal();
        if (refusal != null) {
            return noLeader(refusal);
        }
        if (failures.size() == 1) {
            return failures.get(0);
        }
        ManagerException last = failures.get(failures.size() - 1);
        boolean alike = failures.stream().allMatch(e -> e.code() == last.code());
        ManagerException all = new ManagerException(
                alike ? last.code() : ErrorCode.INTERNAL,
                Outcome.NOT_APPLIED,
                "no address of the manager can be used: " + texts(failures),
                last);
        failures.subList(0, failures.size() - 1).forEach(all::addSuppressed);
        return all;
    }

    private ManagerException noLeader(ManagerException refusal) {
        List<ManagerException> others =
                failures.stream().filter(e -> nodes(e) == null).toList();
        List<String> leader = failures.stream()
                .map(ServerSearch::nodes)
                .filter(Objects::nonNull)
                .flatMap(nodes -> nodes.leader().stream())
                .distinct()
                .toList();
        String plain = leader.stream()
                .filter(addresses::isDowngrade)
                .map(uri -> "; " + uri + " is not encrypted, which tls:// asks for")
                .collect(Collectors.joining());
        String text = (leader.isEmpty()
                        ? "no node of " + options.uri() + " leads: "
                        : "the node that leads cannot be reached from here: ")
                + refusal.getMessage()
                + (others.isEmpty() ? "" : "; " + texts(others))
                + plain
                + ". 'multiproc cluster' shows the nodes";
        RequestRejectedException all = new RequestRejectedException(ErrorCode.NOT_LEADER, text, refusal.getCause());
        others.forEach(all::addSuppressed);
        return all;
    }

    private static String texts(List<ManagerException> failures) {
        return failures.stream().map(Throwable::getMessage).collect(Collectors.joining("; "));
    }
}
