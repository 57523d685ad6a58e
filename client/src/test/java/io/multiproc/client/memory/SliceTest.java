package io.multiproc.client.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code list(range(5))[start:stop:step]} is in CPython. */
@Timeout(20)
class SliceTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "      |       |    | 0 1 2 3 4",
                "1     | 3     |    | 1 2",
                "-2    |       |    | 3 4",
                "      | -2    |    | 0 1 2",
                "      |       | 2  | 0 2 4",
                "1     |       | 3  | 1 4",
                "      |       | -1 | 4 3 2 1 0",
                "      |       | -2 | 4 2 0",
                "3     | 0     | -1 | 3 2 1",
                "-1    | -4    | -2 | 4 2",
                "3     | 1     |    | ''",
                "9     |       |    | ''",
                "-9    | 9     |    | 0 1 2 3 4",
                "9     | -9    | -3 | 4 1",
                "0     |       | -1 | 0",
                "-9    |       | -1 | ''",
                "      | 2147483647 | 2147483647 | 0",
                "      | -2147483648 | -2147483648 | 4"
            })
    void indices(Integer start, Integer stop, Integer step, String expected) {
        Slice slice = Slice.of(5, start, stop, step);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < slice.count(); i++) {
            found.add(String.valueOf(slice.at(i)));
        }
        assertEquals(expected, String.join(" ", found));
    }

    @Test
    void noStep() {
        assertThrows(IllegalArgumentException.class, () -> Slice.of(5, null, null, 0));
        assertEquals(0, Slice.of(0, null, null, -1).count());
    }
}
