package io.multiproc.server.cli;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.client.WrongTypeException;
import io.multiproc.server.ManagerServer;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** The root of the command line: {@code multiproc COMMAND}. */
public final class Multiproc {
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int REFUSED = 3;

    /** In the order of the help, which leaves out those that only our own containers use. */
    static final List<String> COMMANDS = List.of(
            "serve",
            "ping",
            "info",
            "objects",
            "sessions",
            "locks",
            "release",
            "get",
            "put",
            "pop",
            "append",
            "queue put",
            "queue get",
            "queue peek",
            "queue purge",
            "queue move",
            "delete",
            "lock",
            "backup",
            "shutdown",
            "worker",
            "proxy",
            "context add",
            "context list",
            "context use",
            "context remove",
            "keys list",
            "keys reload",
            "keys end",
            "cluster",
            "cluster add",
            "cluster remove",
            "cluster transfer",
            "completion",
            "help",
            "version",
            "demo");

    private Multiproc() {}

    /** Runs a command and returns its exit code. */
    public static int run(String... args) {
        // serve and demo choose a level of their own, before anything is logged
        Logs.configure(Level.WARN);
        PrintStream out = System.out;
        List<String> words = connectionLast(Arrays.asList(args));
        try {
            Arguments.check(words);
            int code = run(words, out);
            // a server serves on where nobody reads what it says
            if (words.isEmpty() || !words.get(0).equals("serve")) {
                OutputException.check(out);
            }
            return code;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            System.err.println("multiproc: " + Shown.escaped(text(e) + hint(e, words)));
            if (Boolean.getBoolean("multiproc.debug")) {
                e.printStackTrace();
            }
            return exitCode(e);
        }
    }

    /** Where the manager is may stand before the command, too. */
    static List<String> connectionLast(List<String> words) {
        int taken = 0;
        while (taken < words.size()) {
            String word = words.get(taken);
            String name = word.replaceFirst("=.*", "");
            if (!CONNECTION.contains(name)) {
                break;
            }
            taken += word.equals(name) ? 2 : 1;
        }
        if (taken == 0 || taken >= words.size()) {
            return words;
        }
        int name = taken + (words.size() > taken + 1 && isGroup(words.get(taken)) ? 2 : 1);
        List<String> moved = new ArrayList<>(words.subList(taken, name));
        moved.addAll(words.subList(0, taken));
        moved.addAll(words.subList(name, words.size()));
        return moved;
    }

    /** The options that say where the manager is. */
    private static final Set<String> CONNECTION = Set.of(
            "-c", "--context", "--address", "--authkey-file", "--tls-ca", "--tls-cert", "--tls-key", "--timeout");

    /** Whether it is the first word of commands of two words. */
    static boolean isGroup(String word) {
        return COMMANDS.stream().anyMatch(c -> c.startsWith(word + " "));
    }

    /** How many of the words are the command's name. */
    private static int nameLength(List<String> words) {
        return words.isEmpty()
                ? 0
                : words.size() > 1 && isGroup(words.get(0)) && !words.get(1).startsWith("-") ? 2 : 1;
    }

    private static int run(List<String> words, PrintStream out) throws Exception {
        String first = words.isEmpty() ? "" : words.get(0);
        if (first.equals("--help") || first.equals("-h")) {
            return help(List.of(), out);
        }
        if (first.equals("--version") || first.equals("-V")) {
            return version(out);
        }
        int length = nameLength(words);
        String name = String.join(" ", words.subList(0, length));
        Subcommand command = command(name);
        if (command == null && length == 1 && isGroup(name)) {
            if (words.contains("--help") || words.contains("-h")) {
                return help(List.of(name), out);
            }
            throw new UsageException("which command? There are " + String.join(", ", group(name))
                    + ". See 'multiproc help " + name + "'");
        }
        if (command == null) {
            throw new UsageException(
                    (words.isEmpty() ? "which command? There are " : "there is no command '" + name + "'; there are ")
                            + String.join(", ", COMMANDS) + ". See 'multiproc help'");
        }
        return switch (command.inputs.parse(words.subList(length, words.size()))) {
            case RUN -> command.run(out);
            case VERSION -> version(out);
            case HELP -> {
                Help.of(command, out);
                yield 0;
            }
        };
    }

    /** The commands of two words that begin with this one. */
    private static List<String> group(String word) {
        return COMMANDS.stream().filter(c -> c.startsWith(word + " ")).toList();
    }

    /** Only the one that is named: to load and make them all takes time at a server's start. */
    static @Nullable Subcommand command(String name) {
        return switch (name) {
            case "serve" -> new Serve();
            case "worker" -> new Worker();
            case "proxy" -> new Proxy();
            case "demo" -> new Demo();
            case "demo-client" -> new DemoClient();
            case "rehearse" -> new TrainingRun();
            case "lock" -> new LockCommand();
            case "completion" -> new Completion();
            case "help" -> new HelpCommand();
            case "version" -> new VersionCommand();
            case "get", "put", "pop", "append" -> Data.command(name);
            default -> name.startsWith("queue ")
                    ? Queues.command(name)
                    : name.startsWith("context ")
                            ? ContextCommands.command(name)
                            : name.startsWith("keys ")
                                    ? KeyCommands.command(name)
                                    : name.startsWith("cluster")
                                            ? ClusterCommands.command(name)
                                            : Inspect.command(name);
        };
    }

    /** Help on the command, or commands, that the words name; on all without words. */
    static int help(List<String> words, PrintStream out) {
        String name = String.join(" ", words);
        if (words.isEmpty()) {
            Help.of(commands(COMMANDS), out);
        } else if (isGroup(name)) {
            Subcommand alone = command(name);
            if (alone != null) {
                Help.of(alone, out);
                out.println();
            }
            Help.group(name, commands(group(name)), out);
        } else {
            Subcommand command = command(name);
            if (command == null) {
                throw new UsageException("there is no command '" + name + "'. See 'multiproc help'");
            }
            Help.of(command, out);
        }
        return 0;
    }

    /** Prints a command's help. */
    private static final class HelpCommand extends Subcommand {
        HelpCommand() {
            super("help", "Shows the commands, or what one of them takes.");
        }

        private final Input<List<String>> about = inputs.rest("COMMAND", 0);

        @Override
        int run(PrintStream out) {
            return help(about.get(), out);
        }
    }

    /** Prints the version of this program. */
    private static final class VersionCommand extends Subcommand {
        VersionCommand() {
            super("version", "Shows the version of this program; 'multiproc info' that of the manager.");
        }

        private final Input<Boolean> json = inputs.flag("json", "Prints JSON.");

        @Override
        int run(PrintStream out) {
            if (!json.get()) {
                return version(out);
            }
            out.println(Json.of(java.util.Map.of("version", ManagerServer.version())));
            return 0;
        }
    }

    static List<Subcommand> commands(List<String> names) {
        List<Subcommand> commands = new ArrayList<>();
        for (String name : names) {
            commands.add(Objects.requireNonNull(command(name), name));
        }
        return commands;
    }

    private static int version(PrintStream out) {
        out.println("multiproc " + ManagerServer.version());
        return 0;
    }

    static String text(Throwable e) {
        if (e instanceof IOException io) {
            return FileErrors.text(io);
        }
        String message = e.getMessage();
        String first = message == null ? e.toString() : message;
        return e instanceof UncheckedIOException && e.getCause() instanceof IOException io
                ? io.toString().equals(first) ? FileErrors.text(io) : first + ": " + FileErrors.text(io)
                : first;
    }

    /** The command that helps, at the end of what does not name one. */
    private static String hint(Throwable e, List<String> words) {
        String text = text(e);
        if (text.contains("'multiproc ") || e instanceof OutputException) {
            return "";
        }
        String name = String.join(" ", words.subList(0, nameLength(words)));
        if (e instanceof AuthenticationException && text.contains("certificate")) {
            return "";
        }
        if (e instanceof AuthenticationException) {
            return ". Give the manager's key: 'multiproc " + name + " --authkey-file FILE …'";
        }
        if (e instanceof RequestRejectedException) {
            return ". See 'multiproc info'";
        }
        if (e instanceof NoSuchObjectException || e instanceof WrongTypeException) {
            return ". See 'multiproc objects'";
        }
        return text.startsWith("cannot connect") && text.endsWith("?")
                ? " 'multiproc serve' starts one"
                : (text.endsWith("?") || text.endsWith(".") ? " See 'multiproc " : ". See 'multiproc ") + name
                        + " --help'";
    }

    private static int exitCode(Throwable e) {
        if (e instanceof AuthenticationException) {
            return REFUSED;
        }
        return e instanceof IllegalArgumentException && !(e instanceof NumberFormatException) ? USAGE : FAILED;
    }

    /** For commands whose result is "no": a line on standard error and exit code 1. */
    static ManagerException failed(String text) {
        return new ManagerException(
                io.multiproc.protocol.error.ErrorCode.NO_SUCH_OBJECT,
                io.multiproc.client.Outcome.NOT_APPLIED,
                text,
                null);
    }
}
