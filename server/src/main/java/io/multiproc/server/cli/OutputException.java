package io.multiproc.server.cli;

import java.io.PrintStream;

/** What was printed did not reach its reader: standard output is closed, its reader has ended, or its disk is full; exit code 1. */
final class OutputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param consequence what that means for what was to be printed, from a semicolon on; may be empty */
    OutputException(String consequence) {
        super("standard output could not be written: it is closed, its reader has ended, or its disk is full"
                + consequence);
    }

    /** Throws one if something that was printed has failed. A {@link PrintStream} only remembers that. */
    static void check(PrintStream out) {
        if (out.checkError()) {
            throw new OutputException("");
        }
    }
}
