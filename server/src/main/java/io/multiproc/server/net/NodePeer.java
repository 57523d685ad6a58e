package io.multiproc.server.net;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Another node: the connections with it, and the attempts to connect to it. Belongs to the event loop thread; other threads may ask {@link #output} and {@link #trouble}. */
final class NodePeer {
    private static final int FIRST_PAUSE_MILLIS = 50;
    private static final int LAST_PAUSE_MILLIS = 1_000;
    /** A connection that has held for so long was a good one. */
    private static final long HELD = TimeUnit.SECONDS.toNanos(1);
    /** So many failures without a clear reason, one after the other, are told in the place of an older clear one. */
    private static final int MOST_VAGUE = 30;

    private static final String FORGOTTEN = "it belongs to the cluster no longer";

    private final NodeChannel all;
    private final String name;
    private final Random random = new Random();
    private volatile @Nullable NodeAddress address;
    /** It is one of the cluster; else it is a guest, for as long as it is connected. */
    private volatile boolean known;

    private volatile @Nullable NodeLink out;
    private volatile @Nullable NodeLink in;
    private volatile @Nullable String trouble = "no connection to it was tried yet";
    /** Since when it is connected in one direction only. */
    private volatile long oneWay = System.nanoTime();

    /** The one that is being made. */
    private @Nullable NodeLink coming;

    private boolean forgotten;
    private boolean dialing;
    /** Counts attempts: what belongs to an older one is of no interest. */
    private long attempt;

    private int pause = FIRST_PAUSE_MILLIS;
    private long openedAt;
    private int keyAt;
    private int addressAt;
    private int vague;
    private long run;
    private long formerRun;
    private int present;

    NodePeer(NodeChannel all, String name) {
        this.all = all;
        this.name = name;
    }

    String name() {
        return name;
    }

    /** What messages for it are added to; null while it is not connected to. */
    @Nullable
    NodeOutput output() {
        NodeLink link = out;
        return link == null ? null : link.output();
    }

    @Nullable
    String trouble() {
        String why = trouble;
        if (why == null
                && in == null
                && System.nanoTime() - oneWay > NodeTimes.nanos(all.times().back())) {
            return "it is reached at " + address
                    + ", and does not connect to this node: its log says why; can it reach " + all.ownAddress()
                    + ", which has to be this node's address?";
        }
        return why;
    }

    /** The key that it is to be connected to by. */
    Authkey key() {
        return all.options().keys().get(keyAt % all.options().keys().size());
    }

    void tryNextKey() {
        keyAt = (keyAt + 1) % all.options().keys().size();
    }

    private boolean isWanted() {
        return all.isRunning() && !forgotten && (known || in != null);
    }

    // ---- who it is

    void known(NodeAddress at) {
        boolean moved = !at.equals(address);
        known = true;
        address = at;
        if (moved) {
            abandon("its address is another one now");
        }
        dial();
    }

    /** It has connected without being known. */
    void guest(NodeAddress at) {
        if (!known) {
            address = at;
        }
    }

    /** Its connections end, and those that it is about to make have to be judged anew. */
    void forget() {
        known = false;
        forgotten = true;
        abandon(FORGOTTEN);
        NodeLink i = in;
        if (i != null) {
            i.closeNow(FORGOTTEN);
        }
    }

    private void abandon(String why) {
        attempt++;
        dialing = false;
        pause = FIRST_PAUSE_MILLIS;
        NodeLink o = out;
        NodeLink c = coming;
        out = null;
        coming = null;
        if (o != null) {
            o.closeNow(why);
        }
        if (c != null) {
            c.closeNow(why);
        }
    }

    /** Why a node of this name with this number of its run is one too many, or null if it is not. */
    @Nullable
    String twice(NodeGreeting greeting, String host) {
        NodeLink i = in;
        if (i == null || greeting.run() == run || greeting.run() != formerRun) {
            return null;
        }
        return "two nodes are called '" + name + "': one connects from " + i.host() + ", the other one from " + host
                + ": start one of them with another --node, or not at all";
    }

    // ---- its connections

    /** The listener has taken it, on a connection. */
    void arrived() {
        present++;
    }

    void opened(NodeLink link, long itsRun) {
        if (forgotten) {
            // it was judged before
            link.closeNow(FORGOTTEN);
            return;
        }
        if (link.isDialed()) {
            out = link;
            coming = null;
            dialing = false;
            openedAt = System.nanoTime();
            vague = 0;
            trouble = null;
            oneWay = openedAt;
            NodeChannel.log.info("connected to node '{}' at {} ({})", name, address, link.remote());
            return;
        }
        if (itsRun != run) {
            formerRun = run;
            run = itsRun;
        }
        NodeLink before = in;
        in = link;
        if (before != null) {
            before.closeNow("it has connected anew");
        }
        dial();
    }

    void ended(NodeLink link, String why, boolean isVague, boolean wasGreeted) {
        if (link == in) {
            in = null;
            oneWay = System.nanoTime();
            if (!known) {
                abandon("it has left, and is not known");
            }
        }
        boolean was = link == out;
        if (was || link == coming) {
            out = null;
            coming = null;
            dialing = false;
            pause = was && System.nanoTime() - openedAt > HELD ? FIRST_PAUSE_MILLIS : pause;
            failed(address + ": " + why, isVague);
        }
        if (wasGreeted && --present == 0) {
            all.lost(name, why);
        }
        if (!known && in == null && out == null) {
            all.gone(this);
        }
    }

    private void failed(String why, boolean isVague) {
        vague = isVague ? vague + 1 : 0;
        String before = trouble;
        if (before == null || !isVague || vague > MOST_VAGUE || before.startsWith("no connection to it")) {
            trouble = why;
            if (!why.equals(before) && all.isRunning()) {
                NodeChannel.log.warn("node '{}' is not connected: {}", name, why);
            }
        }
        if (isWanted()) {
            int millis = pause * 3 / 4 + random.nextInt(pause / 2);
            pause = Math.min(LAST_PAUSE_MILLIS, 2 * pause);
            all.later(this::dial, millis);
        }
    }

    // ---- connecting

    /** Connects to it, if that is wanted and nobody does. */
    void dial() {
        NodeAddress at = address;
        if (dialing || out != null || at == null || !isWanted()) {
            return;
        }
        dialing = true;
        long mine = ++attempt;
        Authkey with = key();
        // looking a name up takes its time, and so does reading certificates
        all.aside(() -> {
            try {
                InetAddress[] found = InetAddress.getAllByName(at.host());
                TlsEngine engine = all.clientEngine(with, at.host());
                all.onLoop(() -> connect(mine, at, found, engine));
            } catch (UnknownHostException e) {
                all.onLoop(() -> failedBefore(
                        mine,
                        "nobody knows the name " + at.host() + ": is it right in --peers, and does DNS have it?"));
            } catch (TlsException e) {
                all.onLoop(() -> failedBefore(mine, String.valueOf(e.getMessage())));
            }
        });
    }

    private void failedBefore(long mine, String why) {
        if (mine == attempt) {
            dialing = false;
            coming = null;
            failed(why, false);
        }
    }

    private void connect(long mine, NodeAddress at, InetAddress[] found, TlsEngine engine) {
        if (mine != attempt || !all.isRunning()) {
            return;
        }
        InetAddress to = found[Math.floorMod(addressAt++, found.length)];
        all.connect(new InetSocketAddress(to, at.port()), engine, this, cause -> {
            if (cause != null) {
                failedBefore(mine, text(at, to, cause));
            }
        });
    }

    /** A connection to it is being made. */
    void coming(NodeLink link) {
        coming = link;
    }

    private static String text(NodeAddress at, InetAddress to, Throwable cause) {
        String where = at.host().equals(to.getHostAddress()) ? at.toString() : at + " (" + to.getHostAddress() + ")";
        if (cause instanceof io.netty.channel.ConnectTimeoutException) {
            return where + ": no answer: is its machine up, and do firewalls let the port through?";
        }
        if (cause instanceof ConnectException) {
            return where + ": nothing listens there: does the node run, and is its address right in --peers?";
        }
        return where + ": " + (cause instanceof IOException ? cause.getMessage() : cause.toString());
    }
}
