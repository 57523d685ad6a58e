package io.multiproc.server.cli;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ManagerException;
import io.multiproc.server.ManagerServer;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** The root of the command line: {@code multiproc COMMAND}. */
public final class Multiproc {
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int REFUSED = 3;

    /** In the order of the help, which leaves out those that only our own containers use. */
    private static final List<String> COMMANDS = List.of(
            "serve",
            "ping",
            "info",
            "objects",
            "sessions",
            "locks",
            "release",
            "get",
            "delete",
            "shutdown",
            "worker",
            "demo");

    private Multiproc() {}

    /** Runs a command and returns its exit code. */
    public static int run(String... args) {
        // serve and demo choose a level of their own, before anything is logged
        Logs.configure(Level.WARN);
        PrintStream out = System.out;
        try {
            return run(Arrays.asList(args), out);
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            System.err.println("multiproc: " + text(e));
            if (Boolean.getBoolean("multiproc.debug")) {
                e.printStackTrace();
            }
            return exitCode(e);
        }
    }

    private static int run(List<String> words, PrintStream out) throws Exception {
        String first = words.isEmpty() ? "" : words.get(0);
        if (first.equals("--help") || first.equals("-h")) {
            Help.of(commands(), out);
            return 0;
        }
        if (first.equals("--version") || first.equals("-V")) {
            return version(out);
        }
        Subcommand command = command(first);
        if (command == null) {
            throw new UsageException(
                    (words.isEmpty() ? "which command? " : "there is no command '" + first + "'; there are ")
                            + String.join(", ", COMMANDS) + ". See 'multiproc --help'");
        }
        Inputs.Request request;
        try {
            request = command.inputs.parse(words.subList(1, words.size()));
        } catch (UsageException e) {
            throw new UsageException(e.getMessage() + ". See 'multiproc " + first + " --help'");
        }
        return switch (request) {
            case RUN -> command.run(out);
            case VERSION -> version(out);
            case HELP -> {
                Help.of(command, out);
                yield 0;
            }
        };
    }

    /** Only the one that is named: to load and make them all takes time at a server's start. */
    private static @Nullable Subcommand command(String name) {
        return switch (name) {
            case "serve" -> new Serve();
            case "worker" -> new Worker();
            case "demo" -> new Demo();
            case "demo-client" -> new DemoClient();
            case "rehearse" -> new TrainingRun();
            default -> Inspect.command(name);
        };
    }

    private static List<Subcommand> commands() {
        List<Subcommand> commands = new ArrayList<>();
        for (String name : COMMANDS) {
            commands.add(Objects.requireNonNull(command(name), name));
        }
        return commands;
    }

    private static int version(PrintStream out) {
        out.println("multiproc " + ManagerServer.version());
        return 0;
    }

    private static String text(Throwable e) {
        String message = e.getMessage();
        String first = message == null ? e.toString() : message;
        return e instanceof UncheckedIOException && e.getCause() instanceof IOException io
                ? first + ": " + io.getMessage()
                : first;
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
