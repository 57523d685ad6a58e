package io.multiproc.client.pool;

import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.LambdaCodec;
import io.multiproc.client.internal.value.ThrownText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call of a pool: code, how it is written, where its results go. Its tasks travel in chunks. */
final class Job {
    /** The receiver of a job's results. Implementations are thread-safe; each index comes once. */
    interface Sink {
        void value(int index, @Nullable Object value);

        /** The results of some tasks in a row. */
        default void values(int from, List<? extends @Nullable Object> values) {
            for (int i = 0; i < values.size(); i++) {
                value(from + i, values.get(i));
            }
        }

        void failure(int index, Throwable thrown);

        /** Follows the results of each message. */
        void settled();

        /** Whether nobody wants what has not begun. */
        boolean dropped();
    }

    /** The time that tasks of one code take. Guarded by the scheduler. */
    static final class Pace {
        private static final double WEIGHT = 0.2;
        private long average;

        void took(long nanos) {
            average = average == 0 ? Math.max(1, nanos) : Math.max(1, (long) (average + WEIGHT * (nanos - average)));
        }

        /** How many fit into a time; 1 if nothing is known. */
        int within(long nanos) {
            return average == 0 ? 1 : (int) Math.max(1, Math.min(1_000, nanos / average));
        }
    }

    /** Tasks that travel together, one after the other on one worker. Mutable fields are guarded by the scheduler. */
    static final class Chunk {
        final long id;
        final Job job;
        final int from;
        final int size;
        final Tuple parcel;

        /** How many of its tasks have a result. */
        int done;

        int attempt = 1;
        long nanos;

        /** How many chunks of the message it is in are outstanding. */
        int[] message = new int[1];

        Chunk(long id, Job job, int from, int size, Tuple parcel) {
            this.id = id;
            this.job = job;
            this.from = from;
            this.size = size;
            this.parcel = parcel;
        }

        int bytes() {
            return parcel.get(0) instanceof byte[] b ? b.length : 0;
        }
    }

    final Tuple code;
    final String label;
    final TaskCodec parcels;
    final Sink sink;
    final Pace pace;
    final boolean spread;

    /** Spread: each item is the list of a task's arguments, else a task's one argument. */
    Job(Tuple code, String label, TaskCodec parcels, Sink sink, Pace pace, boolean spread) {
        this.code = code;
        this.label = label;
        this.parcels = parcels;
        this.sink = sink;
        this.pace = pace;
        this.spread = spread;
    }

    /** The code of a job as it travels: (class it was written in, bytes, proxies). */
    static Tuple travelling(Tuple names, TaskCodec parcels) {
        try {
            Tuple parcel = parcels.pack(names);
            return Tuple.of(LambdaCodec.home(names), parcel.get(0), parcel.get(1));
        } catch (RuntimeException | StackOverflowError e) {
            int i = 0;
            for (Object captured : (List<?>) names.toArray()[9]) {
                i++;
                Throwable why = parcels.refusal(captured);
                if (why != null) {
                    throw SerializationException.writing(
                            "captured value " + i + " ("
                                    + (captured == null
                                            ? "null"
                                            : captured.getClass().getName()) + ") of " + LambdaCodec.label(names)
                                    + ", written in " + LambdaCodec.home(names) + ", cannot travel: "
                                    + ThrownText.message(why),
                            why);
                }
            }
            throw e;
        }
    }

    /** Makes a chunk of items; names what cannot travel. */
    Chunk chunk(long id, int from, List<? extends @Nullable Object> items) {
        try {
            return new Chunk(id, this, from, items.size(), parcels.packAll(items));
        } catch (RuntimeException | StackOverflowError e) {
            for (int i = 0; i < items.size(); i++) {
                Object item = items.get(i);
                if (!spread) {
                    complain(item, "item " + (from + i));
                } else if (item instanceof List<?> arguments) {
                    for (int a = 0; a < arguments.size(); a++) {
                        complain(arguments.get(a), "argument " + (a + 1));
                    }
                }
            }
            throw e;
        }
    }

    private void complain(@Nullable Object value, String what) {
        Throwable why = parcels.refusal(value);
        if (why != null) {
            throw SerializationException.writing(
                    what + " of " + label + " ("
                            + (value == null ? "null" : value.getClass().getName()) + ") cannot travel: "
                            + ThrownText.message(why),
                    why);
        }
    }
}
