package io.multiproc.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private static Map<String, String> parse(String... args) {
        return Arguments.parse(Set.of("--rounds", "--csv"), List.of(args));
    }

    @Test
    void options() {
        assertEquals(Map.of(), parse());
        assertEquals(Map.of("--quick", "", "--rounds", "3"), parse("--quick", "--rounds", "3"));
        assertEquals(Map.of("--csv", "--rounds"), parse("--csv", "--rounds"));
    }

    @Test
    void whatIsNotKnownStartsNothing() {
        Exception unknown = assertThrows(Arguments.WrongUsage.class, () -> parse("--quick", "--help"));
        assertEquals(
                "unknown option --help; there are --quick and --csv, --rounds, each with a value",
                unknown.getMessage());
        Exception missing = assertThrows(Arguments.WrongUsage.class, () -> parse("--rounds"));
        assertEquals("--rounds needs a value", missing.getMessage());
    }

    @Test
    void namesMayHaveCommas() {
        assertEquals(List.of("multiproc", "multiproc, TLS", ""), Arguments.split("multiproc,multiproc, TLS,"));
    }

    @Test
    void aNameThatMeansNothingIsRefused() {
        List<String> there = List.of("put, 1 thread", "put");
        Arguments.check("--workloads", null, there, String::startsWith);
        Arguments.check("--workloads", "put,pu", there, String::startsWith);
        Exception e = assertThrows(
                Arguments.WrongUsage.class,
                () -> Arguments.check("--workloads", "put,puts", there, String::startsWith));
        assertEquals("--workloads \"puts\" means nothing; there are: put, 1 thread; put", e.getMessage());
        assertThrows(Arguments.WrongUsage.class, () -> Comparison.run("--workloads", "put,"));
        assertThrows(Arguments.WrongUsage.class, () -> Comparison.run("--only", "multi"));
    }
}
