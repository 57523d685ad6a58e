package io.multiproc.server.cli;

import java.io.PrintStream;
import java.util.List;

/** A command of the command line: what it is called, what it takes, and what it does. Made for one run. */
abstract class Subcommand {
    private final String name;
    private final List<String> description;

    /** Filled by the fields of the command. */
    final Inputs inputs = new Inputs();

    /** @param description a paragraph each; the first one stands in the list of commands */
    Subcommand(String name, String... description) {
        this.name = name;
        this.description = List.of(description);
    }

    final String name() {
        return name;
    }

    final List<String> description() {
        return description;
    }

    /** Does it, with the inputs read, and returns the exit code. An exception becomes a line and an exit code in {@link Multiproc}. */
    abstract int run(PrintStream out) throws Exception;
}
