package io.multiproc.server.cli;

/** What somebody typed is not what a command takes: exit code 2. */
final class UsageException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
