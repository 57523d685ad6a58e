package io.multiproc.server.cli;

import java.util.Locale;

/** Logging of the command line: one line per event on standard error. Must run before the first logger is made. */
final class Logs {
    private Logs() {}

    /** Levels of the {@code --log-level} option. */
    enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    static final Input.Kind<Level> LEVELS = new Input.Kind<>("ERROR, WARN, INFO, DEBUG or TRACE", Level::valueOf);

    static void configure(Level level) {
        String prefix = "org.slf4j.simpleLogger.";
        System.setProperty(prefix + "defaultLogLevel", level.name().toLowerCase(Locale.ROOT));
        // Netty's own debugging is seldom what anybody looks for
        System.setProperty(prefix + "log.io.netty", level == Level.TRACE ? "debug" : "warn");
        System.setProperty(prefix + "showDateTime", "true");
        System.setProperty(prefix + "dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        System.setProperty(prefix + "showThreadName", "false");
        System.setProperty(prefix + "showShortLogName", "true");
        System.setProperty(prefix + "levelInBrackets", "false");
    }
}
