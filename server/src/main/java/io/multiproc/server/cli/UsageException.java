package io.multiproc.server.cli;

/** An error of usage: the command line is not what a command takes; exit code 2. */
final class UsageException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
