package io.multiproc.client.pool;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A worker as the scheduler knows it, which guards it. */
final class WorkerHandle {
    final String key;
    final String name;
    final PoolTransport.Line line;

    /** What it was given and has not reported, in order. */
    final Map<Long, Job.Chunk> outstanding = new LinkedHashMap<>();

    /** How many messages it has of which something is outstanding. */
    private int messages;

    int given;

    /** A task takes long and it gave back what was behind. */
    boolean stuck;

    /** It gets nothing more. */
    boolean leaving;

    /** It has said its last: it has only its process' end before it. */
    boolean left;

    WorkerHandle(String key, String name, PoolTransport.Line line) {
        this.key = key;
        this.name = name;
        this.line = line;
    }

    /** Has been sent chunks in one message. */
    void gets(List<Job.Chunk> batch) {
        int[] left = {batch.size()};
        for (Job.Chunk c : batch) {
            c.message = left;
            outstanding.put(c.id, c);
        }
        messages++;
        given += batch.size();
    }

    /** A chunk is its no more, and has a result or goes to another; null if it was not its. */
    Job.@Nullable Chunk relieve(long id) {
        Job.@Nullable Chunk c = outstanding.remove(id);
        if (c != null && --c.message[0] == 0) {
            messages--;
        }
        if (outstanding.isEmpty()) {
            stuck = false;
        }
        return c;
    }

    /** Whether it can take chunks of which so many make a message: then a second one may wait behind the first. */
    boolean takes(int limit) {
        return messages == 0
                || limit > 1
                        && messages == 1
                        && !stuck
                        && outstanding.values().iterator().next().attempt == 1;
    }
}
