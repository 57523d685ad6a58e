package io.multiproc.server.net;

import io.multiproc.protocol.wire.Text;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** The bounds of connections that have not proved to be of a node, and the log lines about those that were refused, each once until it changes. Belongs to the event loop thread. */
final class NodeStrangers {
    private static final int MOST_TOLD = 256;
    private static final int MOST = 64;
    private static final int MOST_OF_ONE = 16;
    /** A node whose key was corrected waits for so long at most. */
    private static final long PENALTY = TimeUnit.SECONDS.toNanos(10);

    private final Logger log;
    private final Admission admission =
            new Admission(new NetOptions.Strangers(MOST, MOST_OF_ONE, PENALTY, AddressBlock.LOOPBACK), new Random());
    private final RefusalLog refusals;
    /** What was said last of nodes and addresses, the one not heard of for longest first. */
    private final Map<String, String> told = new LinkedHashMap<>(16, 0.75f, true);

    NodeStrangers(Logger log) {
        this.log = log;
        refusals = new RefusalLog(log);
    }

    Admission admission() {
        return admission;
    }

    /** Whether it is refused for what its address did before. */
    boolean refuses(NodeLink link) {
        return admission.refusal(link.source(), System.nanoTime()) != null;
    }

    /** Takes it, and drops another one or itself where there are too many. */
    void admit(NodeLink link) {
        admission.admit(link.source(), link, System.nanoTime());
    }

    /** A connection has ended that has proved nothing. */
    void ended(NodeLink link, int port, String why, Admission.Failure failure) {
        admission.failed(link, failure, System.nanoTime());
        if (isNew(link.host(), why)) {
            refusals.refused(link.host(), port, why);
        }
    }

    /** A node was refused, or has refused this one when it had connected. */
    void refused(String node, NodeLink link, String why) {
        if (isNew("node " + node, why)) {
            log.warn("node '{}' has connected from {}, and this ended: {}", node, link.host(), Text.escaped(why));
        }
    }

    /** A node has connected: what was said of it and its address may be said again. */
    void connected(String node, NodeLink link) {
        told.remove("node " + node);
        told.remove(link.host());
    }

    private boolean isNew(String whom, String why) {
        if (told.size() >= MOST_TOLD && !told.containsKey(whom)) {
            Iterator<String> eldest = told.keySet().iterator();
            String unused = eldest.next();
            eldest.remove();
        }
        return !why.equals(told.put(whom, why));
    }
}
