package io.multiproc.client.process;

import io.multiproc.client.internal.log.EventLog;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.jspecify.annotations.Nullable;

/**
 * The log of processes: Python's {@code get_logger} and {@code log_to_stderr}. Thread-safe.
 *
 * <p>Processes, pools and managers write to it what Python's do, at the same levels: that a child calls its {@code run}, that it exits and
 * with which code, that a manager serves, that a worker was added or cleaned up. Python's {@code DEBUG} is {@link Level#FINE}.
 *
 * <p>It is silent until the program sets a level: by {@link #logToStderr}, by {@code getLogger().setLevel(Level.INFO)}, or by a configuration of {@code
 * java.util.logging}. Lines then go to the SLF4J logger {@code multiproc} where the program has a provider, to handlers that the program adds, and after
 * {@link #logToStderr} to standard error instead of SLF4J. Processes that are started afterwards do the same.
 */
public final class ProcessLog {
    private static boolean toStderr;

    private ProcessLog() {}

    /** {@return the logger that all processes of the library share by name} It begins with level {@code WARNING}. */
    public static Logger getLogger() {
        return EventLog.logger();
    }

    /**
     * Writes what is logged at a level or above on standard error, as {@code [LEVEL/process name] text}. Processes started from now
     * on do the same.
     *
     * @param level the least level that is logged
     * @return the logger
     */
    public static synchronized Logger logToStderr(Level level) {
        Logger logger = EventLog.logger();
        logger.setLevel(level);
        if (!toStderr) {
            EventLog.withoutSlf4j();
            logger.addHandler(new Stderr());
        }
        toStderr = true;
        return logger;
    }

    /** For a child: the level, behind a + if it logs to standard error; null if the program has not asked. */
    static synchronized @Nullable String setting() {
        Level level = EventLog.level();
        return level == null ? null : (toStderr ? "+" : "") + level.getName();
    }

    static void become(String setting) {
        if (setting.startsWith("+")) {
            Logger ignored = logToStderr(Level.parse(setting.substring(1)));
        } else {
            EventLog.logger().setLevel(Level.parse(setting));
        }
    }

    /** Python's names of the levels. */
    static String name(Level level) {
        if (level.equals(Level.FINE)) {
            return "DEBUG";
        }
        if (level.equals(Level.FINER)) {
            return "SUBDEBUG";
        }
        return level.equals(Level.SEVERE) ? "ERROR" : level.getName();
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
            String head =
                    "[" + name(record.getLevel()) + "/" + ProcessInfo.current().name() + "] ";
            return head + formatMessage(record) + "\n";
        }

        @Override
        public String getTail(@Nullable Handler h) {
            return "";
        }
    }
}
