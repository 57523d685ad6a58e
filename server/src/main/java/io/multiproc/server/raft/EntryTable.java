package io.multiproc.server.raft;

import io.microraft.model.log.LogEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The entries that are in a node's files. The bytes of the newest ones are in memory, too; older ones are read from their files. */
final class EntryTable {
    private static final int CACHE = 16 << 20;

    private final List<LogEntry> entries = new ArrayList<>();
    /** The index of the first of {@link #entries}. */
    private long first = 1;

    private final ArrayDeque<Operation> cached = new ArrayDeque<>();
    private long cachedBytes;

    long first() {
        return first;
    }

    long last() {
        return first + entries.size() - 1;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int size() {
        return entries.size();
    }

    @Nullable
    LogEntry get(long index) {
        long i = index - first;
        return i < 0 || i >= entries.size() ? null : entries.get((int) i);
    }

    List<LogEntry> from(long index) {
        int i = (int) Math.max(0, Math.min(entries.size(), index - first));
        return new ArrayList<>(entries.subList(i, entries.size()));
    }

    /** Where another one may be added; an empty table begins with any. */
    long next(long wanted) {
        return entries.isEmpty() ? wanted : last() + 1;
    }

    void add(LogEntry e) {
        if (entries.isEmpty()) {
            first = e.getIndex();
        }
        entries.add(e);
    }

    /** Keeps an operation's bytes, and lets go of the oldest. */
    void cache(Operation o) {
        cached.add(o);
        cachedBytes += o.length;
        while (cachedBytes > CACHE && cached.size() > 1) {
            Operation old = cached.remove();
            cachedBytes -= old.length;
            old.forget();
        }
    }

    void cut(long index) {
        long keep = index - first;
        if (keep < entries.size()) {
            entries.subList((int) Math.max(0, keep), entries.size()).clear();
        }
        if (entries.isEmpty()) {
            first = index;
        }
    }

    void startAfter(long index) {
        entries.clear();
        first = index + 1;
    }

    void trim(long index) {
        entries.subList(0, (int) Math.min(entries.size(), index + 1 - first)).clear();
        first = index + 1;
    }

    long bytesAfter(long index) {
        long sum = 0;
        for (LogEntry e : entries) {
            if (e.getOperation() instanceof Operation o && e.getIndex() > index) {
                sum += o.length;
            }
        }
        return sum;
    }
}
