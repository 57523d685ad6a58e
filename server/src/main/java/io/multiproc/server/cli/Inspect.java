package io.multiproc.server.cli;

import io.multiproc.client.LockInfo;
import io.multiproc.client.Manager;
import io.multiproc.client.ObjectInfo;
import io.multiproc.client.Proxy;
import io.multiproc.client.ServerInfo;
import io.multiproc.client.SessionInfo;
import io.multiproc.server.cli.Input.Kind;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
            case "get" -> new Get();
            case "delete" -> new Delete();
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

        @Override
        int run(PrintStream out) {
            try (Manager manager = connect.connect()) {
                act(manager, out);
            }
            out.flush();
            return 0;
        }

        abstract void act(Manager manager, PrintStream out);
    }

    /** Connects, authenticates and asks one question. */
    static final class Ping extends Base {
        Ping() {
            super("ping", "Connects, proves the authkey and asks one question; exit code 0 if it was answered.");
        }

        @Override
        void act(Manager manager, PrintStream out) {
            long start = System.nanoTime();
            String version = manager.info().version();
            double millis = (System.nanoTime() - start) / 1e6;
            out.printf(Locale.ROOT, "multiproc %s at %s answered in %.1f ms%n", version, manager.address(), millis);
        }
    }

    /** Facts of the server. */
    static final class Info extends Base {
        Info() {
            super("info", "Prints facts of the running manager.");
        }

        @Override
        void act(Manager manager, PrintStream out) {
            manager.info().details().forEach((k, v) -> out.printf("%-16s %s%n", k, v == null ? "-" : v));
        }
    }

    /** What commands that list things have in common. */
    abstract static class Listing extends Base {
        Listing(String name, String... description) {
            super(name, description);
        }

        private final Input<Boolean> json = inputs.flag("json", "Prints JSON: one line for each look.");

        private final Input<@Nullable Integer> watch = inputs.option(
                "watch", "SECONDS", Kind.INT, "Looks again and again, so many seconds apart, until interrupted.");

        @Override
        final void act(Manager manager, PrintStream out) {
            Integer pause = watch.get();
            if (pause != null && pause < 1) {
                throw new IllegalArgumentException("--watch takes a number of seconds from 1 on, not " + pause);
            }
            CountDownLatch never = new CountDownLatch(1);
            do {
                List<Map<String, @Nullable Object>> rows = rows(manager);
                if (json.get()) {
                    out.println(Json.of(rows));
                } else {
                    if (pause != null) {
                        out.println(Instant.now().truncatedTo(ChronoUnit.SECONDS));
                    }
                    print(manager, rows, out);
                }
                out.flush();
            } while (pause != null && pause(never, pause));
        }

        private static boolean pause(CountDownLatch never, int seconds) {
            try {
                return !never.await(seconds, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                return false;
            }
        }

        abstract List<Map<String, @Nullable Object>> rows(Manager manager);

        /** All that the server said: it may be newer than this program. */
        static <T> List<Map<String, @Nullable Object>> details(
                List<T> rows, Function<T, Map<String, @Nullable Object>> details) {
            return rows.stream().map(details).toList();
        }

        abstract void print(Manager manager, List<Map<String, @Nullable Object>> rows, PrintStream out);
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

        /** The server's clock, which made the times that ages are counted from. */
        private static long serverTime(Manager manager) {
            ServerInfo info = manager.info();
            return info.started().toEpochMilli() + info.uptime().toMillis();
        }

        @Override
        void print(Manager manager, List<Map<String, @Nullable Object>> rows, PrintStream out) {
            table(
                    out,
                    rows,
                    "id",
                    "type",
                    "name",
                    "size",
                    "references",
                    "waiters",
                    "holder",
                    "age",
                    "operations",
                    "rate");
        }
    }

    /** The connected sessions. */
    static final class Sessions extends Listing {
        Sessions() {
            super("sessions", "Lists the sessions: id, name, address, since when, what they hold and wait for.");
        }

        @Override
        List<Map<String, @Nullable Object>> rows(Manager manager) {
            return details(manager.sessions(), SessionInfo::details);
        }

        @Override
        void print(Manager manager, List<Map<String, @Nullable Object>> rows, PrintStream out) {
            table(
                    out,
                    rows,
                    "id",
                    "name",
                    "address",
                    "connected",
                    "opened",
                    "holds",
                    "locks",
                    "waits",
                    "undelivered",
                    "in_progress");
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
        void print(Manager manager, List<Map<String, @Nullable Object>> rows, PrintStream out) {
            List<Map<String, @Nullable Object>> lines = new ArrayList<>();
            for (Map<String, @Nullable Object> row : rows) {
                parties(row, "owners", "owns", lines);
                parties(row, "waiting", "waits", lines);
            }
            table(out, lines, "id", "type", "name", "state", "session", "client", "thread", "levels", "since");
            for (List<String> circle : manager.deadlocks()) {
                out.println("DEADLOCK: " + String.join("; ", circle));
            }
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
            Proxy lock = manager.find(name.get());
            if (lock == null) {
                throw Multiproc.failed("no object is called '" + name.get() + "'; see 'multiproc locks'");
            }
            if (!manager.forceRelease(lock)) {
                throw Multiproc.failed("nobody owns '" + name.get() + "'");
            }
            out.println("released " + name.get());
        }
    }

    /** The content of an object. */
    static final class Get extends Base {
        Get() {
            super("get", "Prints the content of a named object.");
        }

        private final Input<String> name = inputs.parameter("NAME");

        @Override
        void act(Manager manager, PrintStream out) {
            Object value = manager.describe(name.get());
            if (value == null) {
                throw Multiproc.failed("no object is called '" + name.get() + "'; see 'multiproc objects'");
            }
            out.println(value);
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
            if (!manager.delete(name.get())) {
                throw Multiproc.failed("no object is called '" + name.get() + "'; see 'multiproc objects'");
            }
            out.println("deleted " + name.get());
        }
    }

    /** Ends the server. */
    static final class Shutdown extends Base {
        Shutdown() {
            super("shutdown", "Ends the manager for everybody; what is in it is gone.");
        }

        @Override
        void act(Manager manager, PrintStream out) {
            manager.shutdownServer();
            out.println("the manager at " + manager.address() + " is ending");
        }
    }

    private static void table(PrintStream out, List<Map<String, @Nullable Object>> rows, String... columns) {
        int[] widths = new int[columns.length];
        String[][] cells = new String[rows.size() + 1][columns.length];
        for (int c = 0; c < columns.length; c++) {
            cells[0][c] = columns[c].toUpperCase(Locale.ROOT);
            for (int r = 0; r < rows.size(); r++) {
                cells[r + 1][c] = cell(columns[c], rows.get(r).get(columns[c]));
            }
            for (String[] row : cells) {
                widths[c] = Math.max(widths[c], row[c].length());
            }
        }
        for (String[] row : cells) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns.length; c++) {
                line.append(row[c]).append(" ".repeat(widths[c] - row[c].length() + 2));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static String cell(String column, @Nullable Object value) {
        if (value == null) {
            return "-";
        }
        return (column.equals("opened") || column.equals("since")) && value instanceof Long millis
                ? Instant.ofEpochMilli(millis).toString()
                : column.equals("age") && value instanceof Long millis
                        ? Duration.ofSeconds(millis / 1000)
                                .toString()
                                .substring(2)
                                .toLowerCase(Locale.ROOT)
                        : value.toString();
    }
}
