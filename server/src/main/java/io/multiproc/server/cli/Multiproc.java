package io.multiproc.server.cli;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ManagerException;
import io.multiproc.server.ManagerServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;

/** The root of the command line: {@code multiproc COMMAND}. */
@Command(
        name = "multiproc",
        mixinStandardHelpOptions = true,
        versionProvider = Multiproc.Version.class,
        description = "Shares live objects between processes: Python's multiprocessing manager for the JVM.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused authentication.",
            "Addresses: tcp://host:port, unix:///path; default tcp://127.0.0.1:50000."
        })
public final class Multiproc implements Runnable {
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int REFUSED = 3;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandLine.Model.CommandSpec spec;

    /** In the order of the help. */
    private static final List<Class<?>> COMMANDS = List.of(
            Serve.class,
            Inspect.Ping.class,
            Inspect.Info.class,
            Inspect.Objects.class,
            Inspect.Sessions.class,
            Inspect.Locks.class,
            Inspect.Release.class,
            Inspect.Get.class,
            Inspect.Delete.class,
            Inspect.Shutdown.class,
            Worker.class,
            Demo.class,
            DemoClient.class,
            Rehearsal.class);

    /** Runs a command and returns its exit code. */
    public static int run(String... args) {
        // serve and demo choose a level of their own, before anything is logged
        Logs.configure(Logs.Level.WARN);
        CommandLine line = new CommandLine(new Multiproc());
        // reading the annotations of all commands takes a third of the start of a server
        String first = args.length == 0 ? "" : args[0];
        List<Class<?>> named =
                COMMANDS.stream().filter(c -> name(c).equals(first)).toList();
        for (Class<?> command : named.isEmpty() ? COMMANDS : named) {
            line.addSubcommand(command);
        }
        return line.setExitCodeExceptionMapper(Multiproc::exitCode)
                .setExecutionExceptionHandler((e, cmd, parsed) -> {
                    cmd.getErr().println(Ansi.AUTO.string("multiproc: ") + text(e));
                    if (Boolean.getBoolean("multiproc.debug")) {
                        e.printStackTrace(cmd.getErr());
                    }
                    return exitCode(e);
                })
                .execute(args);
    }

    private static String name(Class<?> command) {
        Command annotation = command.getAnnotation(Command.class);
        return annotation == null ? "" : annotation.name();
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
        if (e instanceof CommandLine.ParameterException) {
            return USAGE;
        }
        return e instanceof IllegalArgumentException && !(e instanceof NumberFormatException) ? USAGE : FAILED;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
    }

    /** Prints the version. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"multiproc " + ManagerServer.version()};
        }
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
