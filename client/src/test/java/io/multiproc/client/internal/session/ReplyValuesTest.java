package io.multiproc.client.internal.session;

import static org.junit.jupiter.api.Assertions.*;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyValuesTest {
    @Test
    void booleansAndNumbersOfRepliesThatMayBeMissing() {
        assertTrue(ReplyValues.bool(true));
        assertFalse(ReplyValues.bool(false));
        assertFalse(ReplyValues.bool(null));
        assertEquals(0, ReplyValues.integer(null));
        assertEquals(7, ReplyValues.integer((byte) 7));
        assertEquals(-7_000_000_000L, ReplyValues.integer(-7_000_000_000L));
        assertEquals(12, ReplyValues.integer(BigInteger.valueOf(12)));
    }

    @Test
    void aSizeFitsAnInt() {
        assertEquals(0, ReplyValues.size(null));
        assertEquals(5, ReplyValues.size(5L));
        assertEquals(Integer.MAX_VALUE, ReplyValues.size(1L << 31));
    }

    @Test
    void listsOfAnElementType() {
        assertEquals(List.of(), ReplyValues.list(null));
        assertEquals(List.of(), ReplyValues.listOf(null, Long.class));
        assertEquals(List.of(1L, 2L), ReplyValues.listOf(List.of(1, (byte) 2), Long.class));
        assertEquals(Arrays.asList("a", null), ReplyValues.listOf(Arrays.asList("a", null), String.class));
        assertThrows(ClassCastException.class, () -> ReplyValues.listOf(List.of("a"), Long.class));
        assertNull(ReplyValues.as(null, String.class));
        assertEquals(3, ReplyValues.element(3L, Integer.class));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-1, 0",
        "-9223372036854775808, 0",
        "1, 1",
        "999999, 1",
        "1000000, 1",
        "1000001, 2",
        "2500000, 3",
        "9223372036854775807, 9223372036855"
    })
    void nanosecondsAreRoundedUpToMilliseconds(long nanos, long millis) {
        assertEquals(millis, ReplyValues.millis(nanos, TimeUnit.NANOSECONDS));
        assertEquals(millis, ReplyValues.millis(Duration.ofNanos(nanos)));
    }

    @Test
    void timesThatAreTooLongForNanoseconds() {
        assertEquals((Long.MAX_VALUE - 1) / 1_000_000 + 1, ReplyValues.millis(Long.MAX_VALUE, TimeUnit.DAYS));
        assertEquals(Long.MAX_VALUE / 2, ReplyValues.millis(Duration.ofSeconds(Long.MAX_VALUE)));
        assertEquals(86_400_000L * 365_000, ReplyValues.millis(Duration.ofDays(365_000)));
        assertEquals(-1L, ReplyValues.FOREVER);
        assertEquals(0L, ReplyValues.NOW);
    }
}
