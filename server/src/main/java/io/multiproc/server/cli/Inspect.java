package io.multiproc.server.cli;

import io.multiproc.client.Codec;
import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.LockInfo;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.ObjectInfo;
import io.multiproc.client.Proxy;
import io.multiproc.client.ServerInfo;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.client.SessionInfo;
import io.multiproc.server.cli.Input.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The commands that look at, or change, a running manager. */
final class Inspect {
    private Inspect() {}

    /** The one of that name; null if there is none. */
    static @Nullable Subcommand command(String name) {
        return switch (name) {
            case "ping" -> new Ping();
            case "info" -> new Info();
            case "objects" -> new Objects();
            case "sessions" -> new Sessions();
            case "locks" -> new Locks();
            case "release" -> new Release();
            case "delete" -> new Delete();
            case "backup" -> new Backups();
            case "shutdown" -> new Shutdown();
            default -> null;
        };
    }

    /** What they have in common: connect, act, print. */
    abstract static class Base extends Subcommand {
        private final ConnectOptions connect = new ConnectOptions(inputs);

        Base(String name, String... description) {
            super(name, description);
        }

        /** How many times it has begun to change something. */
        private int begun;

        @Override
        int run(PrintStream out) throws IOException, InterruptedException {
            ManagerOptions options = adjusted(connect.options());
            // somebody looks at it and waits: to connect again takes no longer than to connect
            try (Manager manager = Manager.connect(
                    options.withReconnectTimeout(options.connectTimeout()).withCodec(Codec.bytes()))) {
                actUnlessLost(manager, out);
            }
            out.flush();
            return 0;
        }

        /** The options to connect with. */
        ManagerOptions adjusted(ManagerOptions options) {
            return options;
        }

        private void actUnlessLost(Manager manager, PrintStream out) throws IOException, InterruptedException {
            try {
                act(manager, out);
            } catch (ConnectionLostException | SessionExpiredException e) {
                throw Multiproc.failed(Outages.text(e, begun));
            }
        }

        /** Before a call that changes what others see, so that a failure can say what is known of it. */
        final void begins() {
            begun++;
        }

        abstract void act(Manager manager, PrintStream out) throws IOException, InterruptedException;
    }

    /** Values as they are shown: with the names of the classes that programs have registered. */
    static Shown shown(Manager manager) {
        Map<Long, String> names = new HashMap<>();
        if (manager.info().details().get("classes") instanceof Map<?, ?> classes) {
            classes.forEach((id, name) -> {
                if (id instanceof Number n) {
                    names.put(n.longValue(), String.valueOf(name));
                }
            });
        }
        return new Shown(names);
    }

    /** The object of a name, which must be there. */
    static Proxy present(Manager manager, String name) {
        Proxy found = manager.find(name);
        if (found == null) {
            throw absent(name);
        }
        return found;
    }

    static ManagerException absent(String name) {
        return Multiproc.failed("no object is called '" + name + "'. See 'multiproc objects'");
    }

    /** Connects, authenticates and asks one question. */
    static final class Ping extends Base {
        Ping() {
            super("ping", "Connects, proves the authkey and asks one question; exit code 0 if it was answered.");
        }

        private final Input<Boolean> json = inputs.flag("json", "Prints JSON.");

        @Override
        void act(Manager manager, PrintStream out) {
            long start = System.nanoTime();
            String version = manager.info().version();
            double millis = (System.nanoTime() - start) / 1e6;
            if (json.get()) {
                Map<String, Object> facts = new LinkedHashMap<>();
                facts.put("version", version);
                facts.put("address", manager.address());
                facts.put("milliseconds", millis);
                out.println(Json.of(facts));
                return;
            }
            out.printf(Locale.ROOT, "multiproc %s at %s answered in %.1f ms%n", version, manager.address(), millis);
        }
    }

    /** Facts of the server. */
    static final class Info extends Base {
        Info() {
            super("info", "Prints facts of the running manager.");
        }

        private final Input<Boolean> json =
                inputs.flag("json", "Prints JSON, with times in milliseconds and sizes in bytes.");

        @Override
        void act(Manager manager, PrintStream out) {
            Map<String, @Nullable Object> details = manager.info().details();
            if (json.get()) {
                out.println(Json.of(new Shown(Map.of()).json(details)));
                return;
            }
            details.forEach((k, v) -> {
                boolean time = k.endsWith("_ms");
                String name = time ? k.substring(0, k.length() - "_ms".length()) : k;
                out.printf("%-16s %s%n", Shown.escaped(name), fact(k, v));
            });
        }

        private static String fact(String key, @Nullable Object value) {
            if (value == null || (value instanceof Map<?, ?> map && map.isEmpty())) {
                return "-";
            }
            if (value instanceof Number n) {
                long number = n.longValue();
                if (key.endsWith("_ms")) {
                    return Shown.time(number);
                }
                if (key.startsWith("heap_") || key.equals("max_frame") || key.endsWith("_bytes")) {
                    return Shown.size(number);
                }
                if (key.equals("started")) {
                    return Instant.ofEpochMilli(number).toString();
                }
            }
            return new Shown(Map.of()).text(value);
        }
    }

    /** What commands that list things have in common. */
    abstract static class Listing extends Base {
        Listing(String name, String... description) {
            super(name, description);
        }

        private final Input<Boolean> json =
                inputs.flag("json", "Prints JSON, one line for each look, with times in milliseconds.");

        private final Input<@Nullable Double> watch = inputs.option(
                "watch",
                "SECONDS",
                Kind.DECIMAL,
                "Looks again and again, so many seconds apart (0.1 or more), until interrupted; on a terminal in place.");

        private final Input<@Nullable String> sort = inputs.option(
                "sort", "COLUMN", Kind.TEXT, "Sorts by a column, upwards; by -COLUMN downwards. Default: by age.");

        private final Input<@Nullable String> filter = inputs.option(
                "name",
                "PATTERN",
                Kind.TEXT,
                "Only those whose name is like this; * stands for anything, ? for a character.");

        @Override
        final void act(Manager manager, PrintStream out) throws InterruptedException {
            Double given = watch.get();
            double pause = given == null ? 0 : given;
            if (given != null && !(pause >= 0.1 && pause <= Integer.MAX_VALUE)) {
                throw new IllegalArgumentException("--watch takes a number of seconds from 0.1 on, not " + given);
            }
            String column = sort.get();
            Comparator<Map<String, @Nullable Object>> order = column == null ? null : Rows.order(column, columns());
            Predicate<@Nullable Object> named = Rows.named(filter.get());
            Screen screen = given == null || json.get() ? null : Screen.ofTerminal();
            CountDownLatch never = new CountDownLatch(1);
            do {
                List<Map<String, @Nullable Object>> rows = new ArrayList<>(rows(manager));
                rows.removeIf(row -> !named.test(row.get("name")));
                if (order != null) {
                    rows.sort(order);
                }
                if (json.get()) {
                    out.println(Json.of(rows));
                } else {
                    List<String> lines = lines(manager, rows);
                    String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
                    if (screen != null) {
                        out.print(screen.frame(time, lines));
                    } else {
                        if (given != null) {
                            out.println(time);
                        }
                        lines.forEach(out::println);
                    }
                }
                // ends when its reader has gone
                OutputException.check(out);
            } while (given != null && pause(never, pause));
        }

        private static boolean pause(CountDownLatch never, double seconds) {
            try {
                return !never.await(Math.round(seconds * 1000), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                return false;
            }
        }

        /** The server's clock, which made the times that ages are counted from. */
        static long serverTime(Manager manager) {
            ServerInfo info = manager.info();
            return info.started().toEpochMilli() + info.uptime().toMillis();
        }

        abstract List<String> columns();

        abstract List<Map<String, @Nullable Object>> rows(Manager manager);

        /** All that the server said: it may be newer than this program. */
        static <T> List<Map<String, @Nullable Object>> details(
                List<T> rows, Function<T, Map<String, @Nullable Object>> details) {
            return rows.stream().map(details).toList();
        }

        /** For people. */
        List<String> lines(Manager manager, List<Map<String, @Nullable Object>> rows) {
            return Table.lines(forPeople(rows, 0), columns().toArray(new String[0]));
        }

        /** With lengths of time instead of milliseconds: ages, and how long ago what has a moment was. */
        static List<Map<String, @Nullable Object>> forPeople(List<Map<String, @Nullable Object>> rows, long now) {
            List<Map<String, @Nullable Object>> out = new ArrayList<>();
            for (Map<String, @Nullable Object> row : rows) {
                Map<String, @Nullable Object> line = new LinkedHashMap<>(row);
                for (String column : List.of("opened", "since")) {
                    line.computeIfPresent(
                            column, (c, v) -> v instanceof Number n ? Shown.time(now - n.longValue()) : v);
                }
                line.computeIfPresent("age", (c, v) -> v instanceof Number n ? Shown.time(n.longValue()) : v);
                out.add(line);
            }
            return out;
        }
    }

    /** The live objects. */
    static final class Objects extends Listing {
        Objects() {
            super(
                    "objects",
                    "Lists the live objects: what they are, how large, and who waits for them or holds them.",
                    "Columns: id, type, name, size (of a queue: its depth), references, waiters, holder of a lock, age, operations so far and,"
                            + " from the second look of --watch on, operations per second since the last look.");
        }

        private final Rates rates = new Rates();

        @Override
        List<Map<String, @Nullable Object>> rows(Manager manager) {
            return rates.of(details(manager.objects(), ObjectInfo::details), serverTime(manager), System.nanoTime());
        }

        @Override
        List<String> columns() {
            return List.of(
                    "id", "type", "name", "size", "references", "waiters", "holder", "age", "operations", "rate");
        }
    }

    /** The connected sessions. */
    static final class Sessions extends Listing {
        Sessions() {
            super(
                    "sessions",
                    "Lists the sessions: id, name, address, how long ago they were opened, what they hold and wait for.");
        }

        @Override
        List<Map<String, @Nullable Object>> rows(Manager manager) {
            return details(manager.sessions(), SessionInfo::details);
        }

        @Override
        List<String> columns() {
            return List.of(
                    "id",
                    "name",
                    "address",
                    "key",
                    "connected",
                    "opened",
                    "holds",
                    "locks",
                    "waits",
                    "undelivered",
                    "in_progress");
        }

        @Override
        List<String> lines(Manager manager, List<Map<String, @Nullable Object>> rows) {
            return Table.lines(forPeople(rows, serverTime(manager)), columns().toArray(new String[0]));
        }
    }

    /** Lists the owners of all locks and their waiters. */
    static final class Locks extends Listing {
        Locks() {
            super(
                    "locks",
                    "Lists the locks, semaphores and read-write locks that somebody owns or waits for, and deadlocks.");
        }

        @Override
        List<Map<String, @Nullable Object>> rows(Manager manager) {
            return details(manager.locks(), LockInfo::details);
        }

        @Override
        List<String> columns() {
            return List.of("id", "type", "name");
        }

        @Override
        List<String> lines(Manager manager, List<Map<String, @Nullable Object>> rows) {
            List<Map<String, @Nullable Object>> parties = new ArrayList<>();
            for (Map<String, @Nullable Object> row : rows) {
                parties(row, "owners", "owns", parties);
                parties(row, "waiting", "waits", parties);
            }
            List<String> lines = new ArrayList<>(Table.lines(
                    forPeople(parties, serverTime(manager)),
                    "id",
                    "type",
                    "name",
                    "state",
                    "session",
                    "client",
                    "thread",
                    "levels",
                    "since"));
            for (List<String> circle : manager.deadlocks()) {
                lines.add("DEADLOCK: " + Shown.escaped(String.join("; ", circle)));
            }
            return lines;
        }

        private static void parties(
                Map<String, @Nullable Object> row,
                String list,
                String state,
                List<Map<String, @Nullable Object>> lines) {
            if (row.get(list) instanceof List<?> parties) {
                for (Object p : parties) {
                    if (p instanceof Map<?, ?> party) {
                        Map<String, @Nullable Object> line = new LinkedHashMap<>(row);
                        line.put("state", party.containsKey("orphaned") ? "orphaned" : state);
                        line.put("session", party.get("session"));
                        line.put("client", party.get("client"));
                        line.put("thread", party.get("holder"));
                        line.put("levels", party.get("levels"));
                        line.put("since", party.get("since"));
                        lines.add(line);
                    }
                }
            }
        }
    }

    /** Takes a lock from whoever owns it. */
    static final class Release extends Base {
        Release() {
            super("release", "Takes a named lock from whoever owns it; the next in line gets it.");
        }

        private final Input<String> name = inputs.parameter("LOCK");

        private final Input<Boolean> force = inputs.flag("force", "Needed: the owner may still be at work.");

        @Override
        void act(Manager manager, PrintStream out) {
            if (!force.get()) {
                throw new IllegalArgumentException("the owner of '" + name.get()
                        + "' may still be at work; say --force to take the lock from it all the same");
            }
            Proxy lock = present(manager, name.get());
            begins();
            if (!manager.forceRelease(lock)) {
                throw Multiproc.failed("nobody owns '" + name.get() + "'. See 'multiproc locks'");
            }
            out.println("released " + Shown.escaped(name.get()));
        }
    }

    /** Deletes an object. */
    static final class Delete extends Base {
        Delete() {
            super("delete", "Deletes a named object; whoever waits on it gets an error.");
        }

        private final Input<String> name = inputs.parameter("NAME");

        @Override
        void act(Manager manager, PrintStream out) {
            begins();
            if (!manager.delete(name.get())) {
                throw absent(name.get());
            }
            out.println("deleted " + Shown.escaped(name.get()));
        }
    }

    /** Ends the server. */
    static final class Shutdown extends Base {
        Shutdown() {
            super("shutdown", "Ends the manager for everybody; what is in it is gone.");
        }

        @Override
        void act(Manager manager, PrintStream out) {
            begins();
            manager.shutdownServer();
            out.println("the manager at " + manager.address() + " is ending");
        }
    }
}
