package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** What the command line's log looks like. */
@Isolated("standard error is everybody's")
class LogsTest {
    private final ILoggerFactory factory = new Logs().getLoggerFactory();
    private final Logger log = factory.getLogger("io.multiproc.server.net.NetServer");
    private final Logger netty = factory.getLogger("io.netty.channel.Channel");
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream realErr = System.err;

    @BeforeEach
    void capture() {
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setErr(realErr);
        Logs.configure(Level.INFO);
    }

    private List<String> lines() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void aLineSaysWhenHowSeriousWhoAndWhat() {
        Logs.configure(Level.INFO);
        log.info("listening on {} with {}", "tcp://127.0.0.1:1", "EPOLL");
        log.debug("not shown");
        assertEquals(1, lines().size());
        String line = lines().get(0);
        assertTrue(line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z .*"), line);
        assertEquals("INFO NetServer - listening on tcp://127.0.0.1:1 with EPOLL", line.substring(25));
    }

    @Test
    void aFailureFollowsWithItsTrace() {
        Logs.configure(Level.WARN);
        log.warn("cannot save {}", "it", new IllegalStateException("full disk"));
        assertEquals("WARN NetServer - cannot save it", lines().get(0).substring(25));
        assertEquals("java.lang.IllegalStateException: full disk", lines().get(1));
        assertTrue(lines().get(2).startsWith("\tat io.multiproc.server.cli.LogsTest."), lines().get(2));
    }

    /** What somebody calls himself, or says, cannot look like a line of this log, nor move a terminal's cursor. */
    @Test
    void nobodyForgesALine() {
        Logs.configure(Level.INFO);
        String forged = "x\n2026-11-30T00:00:00.000Z INFO NetServer - all is well\u001b[2J\r\u2028\u202e";
        log.info("a client named {}", forged);
        assertEquals(1, lines().size(), lines()::toString);
        assertTrue(
                lines().get(0)
                        .endsWith(
                                "x\\n2026-11-30T00:00:00.000Z INFO NetServer - all is well\\u001b[2J\\r\\u2028\\u202e"),
                lines().get(0));
        err.reset();
        log.error("it failed", new IllegalStateException(forged, new IllegalArgumentException(forged)));
        for (String line : lines().subList(1, lines().size())) {
            assertTrue(line.startsWith("\tat ") || line.contains("java.lang.Illegal"), line);
            assertFalse(line.contains("\u001b"), line);
        }
        assertTrue(lines().stream().anyMatch(l -> l.startsWith("Caused by: java.lang.IllegalArgumentException: x\\n")));
    }

    @Test
    void nettyIsQuietUnlessEverythingIsAskedFor() {
        Logs.configure(Level.DEBUG);
        assertTrue(log.isDebugEnabled());
        assertFalse(log.isTraceEnabled());
        assertFalse(netty.isInfoEnabled());
        assertTrue(netty.isWarnEnabled());
        Logs.configure(Level.TRACE);
        assertTrue(log.isTraceEnabled());
        assertTrue(netty.isDebugEnabled());
        assertFalse(netty.isTraceEnabled());
        Logs.configure(Level.ERROR);
        assertFalse(log.isWarnEnabled());
        assertTrue(log.isErrorEnabled());
        assertFalse(netty.isWarnEnabled());
    }

    @Test
    void oneLoggerForAName() {
        assertSame(log, factory.getLogger("io.multiproc.server.net.NetServer"));
    }
}
