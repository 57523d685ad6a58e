package io.multiproc.server.cli;

import io.multiproc.client.Manager;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

    /** The live objects. */
    @Command(
            name = "objects",
            mixinStandardHelpOptions = true,
            description = "Lists the live objects: id, type, name, size, references, waiters, holder of a lock.")
    static final class Objects extends Base {
        @Override
        void act(Manager manager, PrintWriter out) {
            table(out, manager.objects(), "id", "type", "name", "size", "references", "waiters", "holder");
        }
    }

    /** The connected sessions. */
    @Command(
            name = "sessions",
            mixinStandardHelpOptions = true,
            description = "Lists the sessions: id, name, address, since when, what they hold and wait for.")
    static final class Sessions extends Base {
        @Override
        void act(Manager manager, PrintWriter out) {
            table(out, manager.sessions(), "id", "name", "address", "opened", "holds", "locks", "waits", "undelivered");
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
        return column.equals("opened") && value instanceof Long millis
                ? Instant.ofEpochMilli(millis).toString()
                : value.toString();
    }
}
