package io.multiproc.server.cli;

import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.Proxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.server.cli.Input.Kind;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The commands on queues, joinable queues and priority queues. */
final class Queues {
    private Queues() {}

    /** The one of that name; null if there is none. */
    static @Nullable Subcommand command(String name) {
        return switch (name) {
            case "queue put" -> new Put();
            case "queue get" -> new Get();
            case "queue peek" -> new Peek();
            case "queue purge" -> new Purge();
            case "queue move" -> new Move();
            default -> null;
        };
    }

    @SuppressWarnings("unchecked")
    private static QueueProxy<Object> queue(Proxy object, String name) {
        if (object instanceof QueueProxy<?> queue) {
            return (QueueProxy<Object>) queue;
        }
        throw new UsageException("'" + name + "' is a " + object.typeId() + ", no queue");
    }

    private static QueueProxy<Object> present(Manager manager, String name) {
        return queue(Inspect.present(manager, name), name);
    }

    private static QueueProxy<Object> opened(Manager manager, String name) {
        Proxy found = manager.find(name);
        return found == null ? manager.queue(name) : queue(found, name);
    }

    private static Input<Double> patience(Inputs inputs, String what) {
        return inputs.option("wait", "SECONDS", Kind.SECONDS, 0.0, what);
    }

    static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(Math.min(seconds, Integer.MAX_VALUE) * 1000));
    }

    /** None is nothing to take or look at. */
    private static final Kind<Integer> SOME = Kind.between(1, Integer.MAX_VALUE);

    private static Input<Integer> count(Inputs inputs, String what) {
        return inputs.option("limit", "N", SOME, 1, what);
    }

    private static void done(QueueProxy<?> queue) {
        if (queue instanceof JoinableQueueProxy<?> joinable) {
            joinable.taskDone();
        }
    }

    /** Puts items. */
    static final class Put extends Inspect.Base {
        Put() {
            super("queue put", "Puts each VALUE into a queue (made without bound if absent).");
        }

        private final Input<Boolean> json = Data.jsonValue(inputs);
        private final Input<Double> wait = patience(inputs, "How long to wait for room, for each.");
        private final Input<String> name = inputs.parameter("NAME");
        private final Input<List<String>> values = inputs.rest("VALUE...", 1);

        @Override
        void act(Manager manager, PrintStream out) throws InterruptedException {
            List<Object> all = new ArrayList<>();
            values.get().forEach(text -> all.add(Data.value(text, json.get())));
            Duration patience = duration(wait.get());
            QueueProxy<Object> queue = opened(manager, name.get());
            int put = 0;
            begins();
            try {
                while (put < all.size() && queue.offer(all.get(put), patience)) {
                    put++;
                }
            } catch (RuntimeException e) {
                if (put == 0) {
                    throw e;
                }
                throw Multiproc.failed(Outages.reason(e) + "; " + put + " of " + all.size() + " were put"
                        + (Outages.isUnknown(e) ? ", and perhaps the next one" : "") + ". See 'multiproc objects'");
            }
            if (put < all.size()) {
                throw Multiproc.failed("'" + name.get() + "' is full; " + put + " of " + all.size()
                        + " were put. Wait for room: 'multiproc queue put --wait 60 " + name.get() + " …'");
            }
        }
    }

    /** Takes items. */
    static final class Get extends Inspect.Base {
        Get() {
            super(
                    "queue get",
                    "Takes items out of a queue and prints each in a line; exit code 1 if there is none in time.",
                    "An item of a joinable queue counts as done when it has been printed. One that could not be printed goes back: to its"
                            + " place in a joinable queue, to the end of another.");
        }

        private final Input<Boolean> json = inputs.flag("json", "Prints JSON.");
        private final Input<Boolean> raw = Data.raw(inputs);
        private final Input<Double> wait = patience(inputs, "How long to wait for the first.");
        private final Input<Integer> limit = count(inputs, "How many at most.");
        private final Input<String> name = inputs.parameter("NAME");

        @Override
        void act(Manager manager, PrintStream out) throws InterruptedException {
            QueueProxy<Object> queue = present(manager, name.get());
            Duration patience = duration(wait.get());
            for (int i = 0; i < limit.get(); i++) {
                // what a poll brings that is lost goes back
                Object item = i == 0 ? queue.poll(patience) : queue.poll();
                if (item == null && i == 0) {
                    throw Multiproc.failed("'" + name.get()
                            + "' is empty. Wait for an item: 'multiproc queue get --wait 60 " + name.get() + "'");
                }
                if (item == null) {
                    return;
                }
                begins();
                Data.print(out, manager, item, json.get(), raw.get());
                if (out.checkError()) {
                    throw new OutputException(notPrinted(queue, item));
                }
                done(queue);
            }
        }

        /** Puts back what nobody has read, and says where it is. */
        private String notPrinted(QueueProxy<Object> queue, Object item) {
            if (queue instanceof JoinableQueueProxy<?>) {
                return "; the item is back in its place"; // with the end of this session, as it is not done
            }
            return queue.offer(item)
                    ? "; the item is back, at the end of '" + name.get() + "'"
                    : "; '" + name.get() + "' is full meanwhile, and this item is lost: "
                            + new Shown(Map.of()).text(item);
        }
    }

    /** Looks at items. */
    static final class Peek extends Inspect.Base {
        Peek() {
            super("queue peek", "Prints the first items of a queue, which stay; exit code 1 if there is none.");
        }

        private final Input<Boolean> json = inputs.flag("json", "Prints JSON.");
        private final Input<Boolean> raw = Data.raw(inputs);
        private final Input<Integer> limit = count(inputs, "How many at most.");
        private final Input<String> name = inputs.parameter("NAME");

        @Override
        void act(Manager manager, PrintStream out) {
            List<Object> items = Data.head(present(manager, name.get()), limit.get());
            if (items.isEmpty()) {
                throw Multiproc.failed("'" + name.get() + "' is empty. See 'multiproc objects'");
            }
            items.forEach(item -> Data.print(out, manager, item, json.get(), raw.get()));
        }
    }

    /** Empties a queue. */
    static final class Purge extends Inspect.Base {
        Purge() {
            super(
                    "queue purge",
                    "Takes all items out of a queue and drops them; of a joinable queue they count as done.");
        }

        private static final int CHUNK = 1000;
        private final Input<String> name = inputs.parameter("NAME");

        @Override
        void act(Manager manager, PrintStream out) {
            QueueProxy<Object> queue = present(manager, name.get());
            long purged = 0;
            // those that are there now: whoever puts meanwhile must not keep this running
            long left = queue.size();
            while (left > 0) {
                begins();
                int taken = queue.drainTo(new ArrayList<>(), (int) Math.min(left, CHUNK));
                for (int i = 0; i < taken; i++) {
                    done(queue);
                }
                purged += taken;
                left = taken == 0 ? 0 : left - taken;
            }
            out.println("purged " + purged + " items from " + Shown.escaped(name.get()));
        }
    }

    /** Moves items to another queue. */
    static final class Move extends Inspect.Base {
        Move() {
            super(
                    "queue move",
                    "Moves the items of a queue to the end of another (made without bound if absent).",
                    "An item is in neither queue for a moment; one for which there is no room goes back, to the end of its queue.");
        }

        private final Input<@Nullable Integer> limit =
                inputs.option("limit", "N", SOME, "How many at most. Default: those that are there now.");
        private final Input<String> from = inputs.parameter("FROM");
        private final Input<String> to = inputs.parameter("TO");

        @Override
        void act(Manager manager, PrintStream out) {
            if (from.get().equals(to.get())) {
                throw new UsageException("'" + from.get() + "' cannot be moved to itself");
            }
            QueueProxy<Object> source = present(manager, from.get());
            QueueProxy<Object> target = opened(manager, to.get());
            Integer given = limit.get();
            int most = given == null ? source.size() : given;
            int moved = 0;
            while (moved < most) {
                begins();
                Object item = source.poll();
                if (item == null) {
                    break;
                }
                boolean full = true;
                try {
                    full = !target.offer(item);
                } finally {
                    if (full) {
                        boolean unused = source.offer(item);
                    }
                    done(source);
                }
                if (full) {
                    throw Multiproc.failed(
                            "'" + to.get() + "' is full; " + moved + " items were moved. See 'multiproc objects'");
                }
                moved++;
            }
            out.println(
                    "moved " + moved + " items from " + Shown.escaped(from.get()) + " to " + Shown.escaped(to.get()));
        }
    }
}
