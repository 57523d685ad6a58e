package io.multiproc.server.cli;

import io.multiproc.protocol.wire.Text;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logging of the command line: one line per event on standard error, with the time in UTC. SLF4J finds it by itself in the runnable jar
 * only; programs that embed the server log as they like.
 *
 * <p>Not SLF4J's own simple provider: its dates alone, made for every language there is, took a fifth of the start of a server (DESIGN.md,
 * "Start").
 */
public final class Logs implements SLF4JServiceProvider {
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    /** Netty's own debugging is seldom what anybody looks for. */
    private static final String CONSENSUS = "io.microraft";

    private static final String NETTY = "io.netty.";

    private static final int MAX_CAUSES = 20;

    private static volatile Level level = Level.INFO;

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();
    private final Map<String, Logger> loggers = new ConcurrentHashMap<>();

    /** Made by SLF4J. */
    public Logs() {}

    /** What is written from now on. The first call must come before the first logger is made. */
    static void configure(Level least) {
        level = least;
        // saves a search of the class path, and says nothing of it
        setUnlessSet("slf4j.provider", Logs.class.getName());
        setUnlessSet("slf4j.internal.verbosity", "WARN");
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> loggers.computeIfAbsent(name, Line::new);
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99"; // any 2.0
    }

    @Override
    public void initialize() {
        // nothing to prepare
    }

    private static final class Line extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1;

        Line(String name) {
            this.name = name;
        }

        private boolean isEnabled(Level asked) {
            int least = level.toInt();
            if (name.startsWith(NETTY) || name.startsWith(CONSENSUS)) {
                least = Math.max(least, (level == Level.TRACE ? Level.DEBUG : Level.WARN).toInt());
            }
            return asked.toInt() >= least;
        }

        @Override
        public boolean isTraceEnabled() {
            return isEnabled(Level.TRACE);
        }

        @Override
        public boolean isDebugEnabled() {
            return isEnabled(Level.DEBUG);
        }

        @Override
        public boolean isInfoEnabled() {
            return isEnabled(Level.INFO);
        }

        @Override
        public boolean isWarnEnabled() {
            return isEnabled(Level.WARN);
        }

        @Override
        public boolean isErrorEnabled() {
            return isEnabled(Level.ERROR);
        }

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level at,
                @Nullable Marker marker,
                @Nullable String pattern,
                Object @Nullable [] arguments,
                @Nullable Throwable failure) {
            StringBuilder line = new StringBuilder();
            TIME.formatTo(Instant.now(), line);
            line.append(' ')
                    .append(at)
                    .append(' ')
                    .append(name, name.lastIndexOf('.') + 1, name.length())
                    .append(" - ")
                    .append(Text.escaped(String.valueOf(MessageFormatter.basicArrayFormat(pattern, arguments))));
            if (failure != null) {
                appendTrace(failure, line);
            }
            // one call, so that lines of two threads do not mix
            System.err.println(line);
        }

        /** As the JVM prints it, but for the messages, each of which stays in one line. */
        private static void appendTrace(Throwable failure, StringBuilder out) {
            int depth = 0;
            for (Throwable t = failure; t != null && depth++ < MAX_CAUSES; t = t.getCause()) {
                out.append(System.lineSeparator())
                        .append(depth == 1 ? "" : "Caused by: ")
                        .append(Text.escaped(t.toString()));
                for (StackTraceElement frame : t.getStackTrace()) {
                    out.append(System.lineSeparator()).append("\tat ").append(frame);
                }
            }
        }
    }
}
