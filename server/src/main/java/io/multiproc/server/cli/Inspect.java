package io.multiproc.server.cli;

import io.multiproc.client.Manager;
import io.multiproc.client.Proxy;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands that look at, or change, a running manager. */
final class Inspect {
    private Inspect() {}

    /** What they have in common: connect, act, print. */
    abstract static class Base implements Callable<Integer> {
        @Mixin
        ConnectOptions connect = new ConnectOptions();

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        CommandSpec spec;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            try (Manager manager = connect.connect()) {
                act(manager, out);
            }
            out.flush();
            return 0;
        }

        abstract void act(Manager manager, PrintWriter out);
    }

    /** Connects, authenticates and asks one question. */
    @Command(
            name = "ping",
            mixinStandardHelpOptions = true,
            description = "Connects, proves the authkey and asks one question; exit code 0 if it was answered.")
    static final class Ping extends Base {
        @Override
        void act(Manager manager, PrintWriter out) {
            long start = System.nanoTime();
            Object version = manager.info().get("version");
            double millis = (System.nanoTime() - start) / 1e6;
            out.printf(Locale.ROOT, "multiproc %s at %s answered in %.1f ms%n", version, manager.address(), millis);
        }
    }

    /** Facts of the server. */
    @Command(name = "info", mixinStandardHelpOptions = true, description = "Prints facts of the running manager.")
    static final class Info extends Base {
        @Override
        void act(Manager manager, PrintWriter out) {
            manager.info().forEach((k, v) -> out.printf("%-16s %s%n", k, v == null ? "-" : v));
        }
    }

    /** What commands that list things have in common. */
    abstract static class Listing extends Base {
        @Option(names = "--json", description = "Prints JSON: one line for each look.")
        private boolean json;

        @Option(
                names = "--watch",
                paramLabel = "SECONDS",
                description = "Looks again and again, so many seconds apart, until interrupted.")
        private @Nullable Integer watch;

        @Override
        final void act(Manager manager, PrintWriter out) {
            if (watch != null && watch < 1) {
                throw new IllegalArgumentException("--watch takes a number of seconds from 1 on, not " + watch);
            }
            CountDownLatch never = new CountDownLatch(1);
            do {
                List<Map<String, @Nullable Object>> rows = rows(manager);
                if (json) {
                    out.println(Json.of(rows));
                } else {
                    if (watch != null) {
                        out.println(Instant.now().truncatedTo(ChronoUnit.SECONDS));
                    }
                    print(manager, rows, out);
                }
                out.flush();
            } while (watch != null && pause(never, watch));
        }

        private static boolean pause(CountDownLatch never, int seconds) {
            try {
                return !never.await(seconds, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                return false;
            }
        }

        abstract List<Map<String, @Nullable Object>> rows(Manager manager);

        abstract void print(Manager manager, List<Map<String, @Nullable Object>> rows, PrintWriter out);
    }

    /** The live objects. */
    @Command(
            name = "objects",
            mixinStandardHelpOptions = true,
            description = {
                "Lists the live objects: id, type, name, size (of a queue: its depth), references, waiters, holder of a lock,",
                "age, operations so far and, from the second look of --watch on, operations per second since the last look."
            })
    static final class Objects extends Listing {
        private final Rates rates = new Rates();

        @Override
        List<Map<String, @Nullable Object>> rows(Manager manager) {
            return rates.of(manager.objects(), serverTime(manager), System.nanoTime());
        }

        /** The server's clock, which made the times that ages are counted from. */
        private static long serverTime(Manager manager) {
            Map<String, @Nullable Object> info = manager.info();
            return ((Number) java.util.Objects.requireNonNull(info.get("started"))).longValue()
                    + ((Number) java.util.Objects.requireNonNull(info.get("uptime_ms"))).longValue();
        }

        @Override
        void print(Manager manager, List<Map<String, @Nullable Object>> rows, PrintWriter out) {
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
    @Command(
            name = "sessions",
            mixinStandardHelpOptions = true,
            description = "Lists the sessions: id, name, address, since when, what they hold and wait for.")
    static final class Sessions extends Listing {
        @Override
        List<Map<String, @Nullable Object>> rows(Manager manager) {
            return manager.sessions();
        }

        @Override
        void print(Manager manager, List<Map<String, @Nullable Object>> rows, PrintWriter out) {
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

    /** Who owns what, and who waits for it. */
    @Command(
            name = "locks",
            mixinStandardHelpOptions = true,
            description =
                    "Lists the locks, semaphores and read-write locks that somebody owns or waits for, and deadlocks.")
    static final class Locks extends Listing {
        @Override
        List<Map<String, @Nullable Object>> rows(Manager manager) {
            return manager.locks();
        }

        @Override
        void print(Manager manager, List<Map<String, @Nullable Object>> rows, PrintWriter out) {
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
    @Command(
            name = "release",
            mixinStandardHelpOptions = true,
            description = "Takes a named lock from whoever owns it; the next in line gets it.")
    static final class Release extends Base {
        @Parameters(paramLabel = "LOCK", description = "The lock's name.")
        private String name = "";

        @Option(names = "--force", description = "Needed: the owner may still be at work.")
        private boolean force;

        @Override
        void act(Manager manager, PrintWriter out) {
            if (!force) {
                throw new IllegalArgumentException("the owner of '" + name
                        + "' may still be at work; say --force to take the lock from it all the same");
            }
            Proxy lock = manager.find(name);
            if (lock == null) {
                throw Multiproc.failed("no object is called '" + name + "'; see 'multiproc locks'");
            }
            if (!manager.forceRelease(lock)) {
                throw Multiproc.failed("nobody owns '" + name + "'");
            }
            out.println("released " + name);
        }
    }

    /** The content of an object. */
    @Command(name = "get", mixinStandardHelpOptions = true, description = "Prints the content of a named object.")
    static final class Get extends Base {
        @Parameters(paramLabel = "NAME", description = "The object's name.")
        private String name = "";

        @Override
        void act(Manager manager, PrintWriter out) {
            Object value = manager.describe(name);
            if (value == null) {
                throw Multiproc.failed("no object is called '" + name + "'; see 'multiproc objects'");
            }
            out.println(value);
        }
    }

    /** Deletes an object. */
    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Deletes a named object; whoever waits on it gets an error.")
    static final class Delete extends Base {
        @Parameters(paramLabel = "NAME", description = "The object's name.")
        private String name = "";

        @Override
        void act(Manager manager, PrintWriter out) {
            if (!manager.delete(name)) {
                throw Multiproc.failed("no object is called '" + name + "'; see 'multiproc objects'");
            }
            out.println("deleted " + name);
        }
    }

    /** Ends the server. */
    @Command(
            name = "shutdown",
            mixinStandardHelpOptions = true,
            description = "Ends the manager for everybody; what is in it is gone.")
    static final class Shutdown extends Base {
        @Override
        void act(Manager manager, PrintWriter out) {
            manager.shutdownServer();
            out.println("the manager at " + manager.address() + " is ending");
        }
    }

    private static void table(PrintWriter out, List<Map<String, @Nullable Object>> rows, String... columns) {
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
