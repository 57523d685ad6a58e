package io.multiproc.client.internal.log;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/** The log of processes: what Python's multiprocessing logger says, at its levels. Thread-safe. */
public final class EventLog {
    private static final String NAME = "multiproc";

    /** Python's SUBDEBUG is {@link Level#FINER}. */
    private static final Level DEBUG = Level.FINE;

    private static volatile @Nullable Logger asked = configured() ? create() : null;
    private static @Nullable Handler toSlf4j;

    private EventLog() {}

    /** Whether the program has said by file or class how it logs. */
    private static boolean configured() {
        return System.getProperty("java.util.logging.config.file") != null
                || System.getProperty("java.util.logging.config.class") != null;
    }

    /** The logger. From now on its level decides. */
    public static synchronized Logger logger() {
        Logger known = asked;
        if (known == null) {
            known = create();
            asked = known;
        }
        return known;
    }

    private static Logger create() {
        Logger made = Logger.getLogger(NAME);
        if (made.getLevel() == null) {
            made.setLevel(Level.WARNING);
        }
        String backend = LoggerFactory.getILoggerFactory().getClass().getName();
        if (backend.startsWith("org.slf4j.jul.")) {
            // lines that go to SLF4J would come back here
            return made;
        }
        made.setUseParentHandlers(false);
        if (!backend.equals(NOPLoggerFactory.class.getName())) {
            Handler handler = new ToSlf4j();
            made.addHandler(handler);
            toSlf4j = handler;
        }
        return made;
    }

    /** Somebody else writes the lines. */
    public static synchronized void withoutSlf4j() {
        Logger logger = logger();
        logger.setUseParentHandlers(false);
        if (toSlf4j != null) {
            logger.removeHandler(toSlf4j);
            toSlf4j = null;
        }
    }

    /** The level that a program has asked for; null as long as it has not asked for the logger. */
    public static @Nullable Level level() {
        Logger known = asked;
        return known == null ? null : known.getLevel();
    }

    public static void info(String text) {
        log(Level.INFO, text, null);
    }

    public static void debug(String text) {
        log(DEBUG, text, null);
    }

    /** An exception that ends nothing. */
    public static void debug(String text, Throwable thrown) {
        log(DEBUG, text, thrown);
    }

    private static void log(Level level, String text, @Nullable Throwable thrown) {
        Logger known = asked;
        if (known != null && known.isLoggable(level)) {
            LogRecord r = new LogRecord(level, text);
            r.setLoggerName(NAME);
            // no need to search the stack for them
            r.setSourceClassName(EventLog.class.getName());
            r.setSourceMethodName("log");
            r.setThrown(thrown);
            known.log(r);
        }
    }

    /** How SLF4J, and nearly how Python calls a level. */
    static org.slf4j.event.Level slf4j(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return org.slf4j.event.Level.ERROR;
        }
        if (value >= Level.WARNING.intValue()) {
            return org.slf4j.event.Level.WARN;
        }
        if (value >= Level.INFO.intValue()) {
            return org.slf4j.event.Level.INFO;
        }
        return value >= DEBUG.intValue() ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.TRACE;
    }

    private static final class ToSlf4j extends Handler {
        private final org.slf4j.Logger to = LoggerFactory.getLogger(NAME);
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord r) {
            to.atLevel(slf4j(r.getLevel())).setCause(r.getThrown()).log(formatter.formatMessage(r));
        }

        @Override
        public void flush() {
            // the provider does
        }

        @Override
        public void close() {
            // the provider's affair
        }
    }
}
