package io.multiproc.server.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** The texts of {@code --help}. */
final class Help {
    private static final int WIDTH = 100;
    private static final String GAP = "  ";

    private final PrintStream out;

    private Help(PrintStream out) {
        this.out = out;
    }

    /** Of one command. */
    static void of(Subcommand command, PrintStream out) {
        Help help = new Help(out);
        out.println("Usage: multiproc " + command.name() + command.inputs.synopsis());
        command.description().forEach(paragraph -> help.wrapped("", paragraph));
        out.println();
        help.table(command.inputs.rows());
    }

    /** Of the program. */
    static void of(List<Subcommand> commands, PrintStream out) {
        Help help = new Help(out);
        out.println("Usage: multiproc COMMAND [OPTION]...");
        help.wrapped("", "Shares live objects between processes: Python's multiprocessing manager for the JVM.");
        out.println();
        List<List<String>> rows = new ArrayList<>();
        for (Subcommand command : commands) {
            rows.add(List.of(command.name(), command.description().get(0)));
        }
        help.table(rows);
        out.println();
        out.println("'multiproc help COMMAND' shows what a command takes, 'multiproc version' the version.");
        out.println("Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused authentication.");
        help.wrapped(
                "",
                "Addresses: tls://host:port (encrypted), tcp://host:port, unix:///path; default tcp://127.0.0.1:50000, the variable "
                        + ConnectOptions.ADDRESS_VARIABLE + ", or the context's.");
        out.println("'multiproc -c NAME COMMAND' uses a context, which 'multiproc context add' makes.");
    }

    /** Of the commands that begin with a word. */
    static void group(String word, List<Subcommand> commands, PrintStream out) {
        Help help = new Help(out);
        out.println("Usage: multiproc " + word + " COMMAND [OPTION]...");
        out.println();
        List<List<String>> rows = new ArrayList<>();
        for (Subcommand command : commands) {
            rows.add(List.of(command.name(), command.description().get(0)));
        }
        help.table(rows);
        out.println();
        out.println("'multiproc help " + word + " COMMAND' shows what a command takes.");
    }

    private void table(List<List<String>> rows) {
        int widest = rows.stream().mapToInt(r -> r.get(0).length()).max().orElse(0);
        for (List<String> row : rows) {
            wrapped(GAP + row.get(0) + " ".repeat(widest - row.get(0).length()) + GAP, row.get(1));
        }
    }

    /** Prints words after a start that later lines leave blank. */
    private void wrapped(String start, String text) {
        StringBuilder line = new StringBuilder(start);
        int begin = start.length();
        for (String word : text.split(" ", -1)) {
            if (line.length() > begin && line.length() + 1 + word.length() > WIDTH) {
                out.println(line);
                line.setLength(0);
                line.append(" ".repeat(begin));
            }
            if (line.length() > begin) {
                line.append(' ');
            }
            line.append(word);
        }
        out.println(line);
    }
}
