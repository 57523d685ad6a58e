package io.multiproc.client.process;

import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.jspecify.annotations.Nullable;

/** The log of processes: Python's {@code get_logger} and {@code log_to_stderr}. Thread-safe. */
public final class ProcessLog {
    private static final Logger LOGGER = Logger.getLogger("multiproc");
    private static @Nullable Level toStderr;

    private ProcessLog() {}

    /** {@return the logger that all processes of the library share by name; silent until {@link #logToStderr} or a handler of yours} */
    public static Logger getLogger() {
        return LOGGER;
    }

    /**
     * Writes what is logged at a level or above on standard error, as {@code [LEVEL/process name] text}. Processes started from now
     * on do the same.
     *
     * @param level the least level that is logged
     * @return the logger
     */
    public static synchronized Logger logToStderr(Level level) {
        LOGGER.setLevel(level);
        if (toStderr == null) {
            LOGGER.setUseParentHandlers(false);
            LOGGER.addHandler(new Stderr());
        }
        toStderr = level;
        return LOGGER;
    }

    static synchronized @Nullable String level() {
        return toStderr == null ? null : toStderr.getName();
    }

    private static final class Stderr extends StreamHandler {
        Stderr() {
            super(System.err, new Line());
            setLevel(Level.ALL);
        }

        @Override
        public synchronized void publish(LogRecord record) {
            super.publish(record);
            flush();
        }

        @Override
        public synchronized void close() {
            // standard error is not ours to close
            flush();
        }
    }

    private static final class Line extends Formatter {
        @Override
        public String format(LogRecord record) {
            String head = "[" + record.getLevel() + "/" + ProcessInfo.current().name() + "] ";
            return head + formatMessage(record) + "\n";
        }

        @Override
        public String getTail(@Nullable Handler h) {
            return "";
        }
    }
}
