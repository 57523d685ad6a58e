package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

class RefusalLogTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final List<String> lines = new ArrayList<>();
    private final RefusalLog log = new RefusalLog(new Lines());

    private final class Lines extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1L;

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String message, Object[] arguments, Throwable thrown) {
            lines.add(MessageFormatter.basicArrayFormat(message, arguments));
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return "";
        }

        @Override
        public boolean isTraceEnabled() {
            return true;
        }

        @Override
        public boolean isDebugEnabled() {
            return true;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }

    @Test
    void eachAddressHasItsLines() {
        // one address a thousand times a second does not hide the others
        for (int i = 0; i < 60_000; i++) {
            long now = i * SECOND / 1000;
            log.refused("192.0.2.1", i, "no key", now);
            if (i % 1000 == 0) {
                log.refused("198.51.100." + i / 1000, 1, "no key", now);
            }
        }
        assertEquals(6 + 60, lines.size());
        assertEquals("refused 192.0.2.1 port 0: no key", lines.get(0));
        assertEquals("refused 198.51.100.0 port 1: no key", lines.get(1));
        assertTrue(lines.contains("refused 192.0.2.1 port 10000: no key (9999 more of it left out)"));
        assertEquals(60_060, log.total());
    }

    @Test
    void allTogetherHaveABound() {
        for (int i = 0; i < 100_000; i++) {
            log.refused("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255), 1, "no key", i * SECOND / 10_000);
        }
        assertTrue(lines.size() <= 100 + 10 * 20 + 1, lines.size() + " lines in 10 s");
        assertTrue(lines.size() >= 200, lines.size() + " lines in 10 s");
        assertTrue(lines.get(lines.size() - 1).contains("more of others left out)"), lines.get(lines.size() - 1));
        assertEquals(100_000, log.total());
    }

    /** The expression that OPERATIONS gives to fail2ban. */
    @Test
    void isReadByFail2ban() {
        log.refused("192.0.2.1", 40312, "the peer has another authkey", 0);
        log.refused("2001:db8::7", 1, "the peer has another authkey", 0);
        Pattern pattern = Pattern.compile("refused (\\S+) port \\d+:");
        for (String line : lines) {
            assertTrue(pattern.matcher(line).find(), line);
        }
    }
}
