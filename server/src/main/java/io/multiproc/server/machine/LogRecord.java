package io.multiproc.server.machine;

import java.util.List;

/**
 * A record of the log: the commands of one burst. They have no index, since the state counts what is applied to it.
 *
 * @param time the time of all its commands; milliseconds since 1970, never decreasing from record to record
 * @param hashBefore the hash of the state before the first command, or 0 if it was not taken
 * @param commands at least one, in their order
 */
public record LogRecord(long time, long hashBefore, List<LoggedCommand> commands) {
    public LogRecord {
        if (commands.isEmpty()) {
            throw new IllegalArgumentException("a record without a command");
        }
        commands = List.copyOf(commands);
    }
}
