package io.multiproc.client.internal.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the log of processes lets through. */
class EventLogTest {
    private final List<String> lines = new ArrayList<>();

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord r) {
            lines.add(r.getLevel() + " " + r.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @AfterEach
    void silentAgain() {
        EventLog.logger().removeHandler(handler);
        EventLog.logger().setLevel(Level.WARNING);
    }

    @Test
    void itIsSilentUntilALevelIsSet() {
        Logger logger = EventLog.logger();
        logger.addHandler(handler);
        assertEquals(Level.WARNING, logger.getLevel());
        EventLog.info("lost");
        logger.setLevel(Level.INFO);
        EventLog.info("an info {0}");
        EventLog.debug("lost");
        logger.setLevel(Level.FINE);
        EventLog.debug("a detail");
        EventLog.debug("an exception", new IllegalStateException());
        assertEquals(List.of("INFO an info {0}", "FINE a detail", "FINE an exception"), lines);
        // not the root's handlers, which write on standard error
        assertEquals(false, logger.getUseParentHandlers());
        assertNull(logger.getFilter());
    }

    @Test
    void levelsOfSlf4j() {
        assertEquals(org.slf4j.event.Level.ERROR, EventLog.slf4j(Level.SEVERE));
        assertEquals(org.slf4j.event.Level.WARN, EventLog.slf4j(Level.WARNING));
        assertEquals(org.slf4j.event.Level.INFO, EventLog.slf4j(Level.INFO));
        assertEquals(org.slf4j.event.Level.DEBUG, EventLog.slf4j(Level.FINE));
        assertEquals(org.slf4j.event.Level.TRACE, EventLog.slf4j(Level.FINER));
    }
}
