package io.multiproc.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.tests.bench.BesideCpython.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class BesideCpythonTest {
    @Test
    void timesAreThoseOfTheFaster() {
        List<Row> rows = BesideCpython.rows(List.of(
                "measure,processes,unit,multiproc,cpython",
                "\"connect, create\",1,ms,2.0,40.0",
                "\"dict set\",16,operations/s,30.0,20.0",
                "\"only here\",1,s,1.5,"));
        assertEquals(List.of(new Row("connect, create", 20), new Row("dict set, 16 processes", 1.5)), rows);
        String svg = BesideCpython.svg(List.of("A title"), List.of(rows));
        for (String text : List.of(">A title<", ">connect, create<", ">20<", ">1.5<")) {
            assertTrue(svg.contains(text), () -> svg + " lacks " + text);
        }
    }
}
