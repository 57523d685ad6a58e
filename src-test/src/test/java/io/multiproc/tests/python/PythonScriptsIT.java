package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.tests.fixtures.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same script against CPython's own server and against this one prints the same, line by line. */
@Timeout(900)
class PythonScriptsIT {
    private static final List<String> SCRIPTS = List.of(
            "dict.py",
            "list.py",
            "namespace.py",
            "queue_.py",
            "lock.py",
            "nested.py",
            "values.py",
            "counts.py",
            "control.py",
            "sync.py",
            "children.py",
            "typed.py",
            "referents.py");

    /** Of what CPython has since 3.13. */
    private static final List<String> SCRIPTS_SINCE_13 = List.of("shutdown.py");

    static Stream<Arguments> scripts() {
        List<Arguments> out = new ArrayList<>();
        for (Python python : Python.all()) {
            for (String script : SCRIPTS) {
                out.add(Arguments.of(python, script));
            }
            if (python.minor() >= 13) {
                SCRIPTS_SINCE_13.forEach(script -> out.add(Arguments.of(python, script)));
            }
        }
        return out.stream();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void printsTheSame(Python python, String script) throws InterruptedException {
        try (TestServer server = TestServer.start();
                Python.Running ours = python.start(script, Python.at(server));
                Python.Running own = python.start(script, "own")) {
            String expected = own.output();
            assertTrue(expected.lines().count() >= 5, expected);
            assertEquals(expected, ours.output(), "what CPython's server answers, and what this one does");
        }
    }
}
