package io.multiproc.server.net;

import io.multiproc.protocol.wire.Text;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * The lines about connections that were refused. Each address has one now and then, with the number of those left out, and all of them together have
 * a bound: strangers cannot fill the log, nor hide behind each other.
 *
 * <p>A line says {@code refused ADDRESS port PORT: WHY}, which programs such as fail2ban look for.
 */
final class RefusalLog {
    private static final long PER_ADDRESS = TimeUnit.SECONDS.toNanos(10);
    private static final int MOST_ADDRESSES = 4096;
    /** Lines at once, and time for each further one. */
    private static final int BURST = 100;

    private static final long PER_LINE = TimeUnit.MILLISECONDS.toNanos(50);

    private static final class Entry {
        long next;
        long left;
    }

    private final Logger log;
    /** The one heard of for longest first. */
    private final Map<String, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);

    /** When all lines so far are paid for, and those left out for want of that. */
    private long paid;

    private boolean begun;
    private long leftOut;
    private long total;

    RefusalLog(Logger log) {
        this.log = log;
    }

    /** How many refusals there were, written or left out. */
    long total() {
        return total;
    }

    void refused(String host, int port, String why) {
        refused(host, port, why, System.nanoTime());
    }

    void refused(String host, int port, String why, long now) {
        total++;
        Entry entry = entries.get(host);
        if (entry == null) {
            if (entries.size() >= MOST_ADDRESSES) {
                Iterator<Entry> eldest = entries.values().iterator();
                Entry ignored = eldest.next();
                eldest.remove();
            }
            entry = new Entry();
            entry.next = now;
            entries.put(host, entry);
        }
        if (now - entry.next < 0) {
            entry.left++;
            return;
        }
        if (!begun || paid - now < 0) {
            begun = true;
            paid = now;
        }
        if (paid - now > (BURST - 1) * PER_LINE) {
            leftOut++;
            return;
        }
        paid += PER_LINE;
        entry.next = now + PER_ADDRESS;
        log.warn(
                "refused {} port {}: {}{}{}",
                host,
                port,
                Text.escaped(why),
                more(entry.left, "of it"),
                more(leftOut, "of others"));
        entry.left = 0;
        leftOut = 0;
    }

    private static String more(long n, String whose) {
        return n == 0 ? "" : " (" + n + " more " + whose + " left out)";
    }
}
