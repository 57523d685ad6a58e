package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.tests.fixtures.TestServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same script against CPython's own server and against this one prints the same, line by line. */
@Timeout(900)
class PythonScriptsIT {
    /** With further arguments: the one that takes longest comes first, in parts. */
    private static final List<String> SCRIPTS = List.of(
            "referents.py 0/4",
            "referents.py 1/4",
            "referents.py 2/4",
            "referents.py 3/4",
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
            "shutdown.py");

    /** Scripts of what CPython has only since a version 3.x. */
    private static final Map<String, Integer> SINCE = Map.of("shutdown.py", 13);

    /** A script for one interpreter. */
    private record Case(Python python, String script) {}

    private static final List<Python> PYTHONS = Python.all();

    private static final List<Case> CASES = SCRIPTS.stream()
            .flatMap(script -> PYTHONS.stream()
                    .filter(python -> python.minor() >= SINCE.getOrDefault(script, 0))
                    .map(python -> new Case(python, script)))
            .toList();

    static Stream<Arguments> scripts() {
        return CASES.stream().map(c -> Arguments.of(c.python, c.script));
    }

    /** What one script printed, here and there. */
    private record Printed(String own, String ours) {}

    /** CPython's server mostly waits for acknowledgements: some run beside each other, in the order in which they are asked for. */
    private static final int AT_A_TIME = 8;

    private static final Map<Case, Future<Printed>> RUNNING = new HashMap<>();
    private static final ExecutorService RUNNERS = Executors.newFixedThreadPool(AT_A_TIME);

    private static Python.Running start(Python python, String script, String... at) {
        String[] words = script.split(" ");
        return python.start(
                words[0], Stream.concat(Stream.of(at), Stream.of(words).skip(1)).toArray(String[]::new));
    }

    /** What a script prints against a server. */
    static String printed(Python python, String script, String... at) throws InterruptedException {
        try (Python.Running running = start(python, script, at)) {
            return running.output();
        }
    }

    private static Printed run(Case c) throws InterruptedException {
        try (TestServer server = TestServer.start();
                Python.Running ours = start(c.python, c.script, Python.at(server));
                Python.Running own = start(c.python, c.script, "own")) {
            return new Printed(own.output(), ours.output());
        }
    }

    private static Future<Printed> running(Case c) {
        return RUNNING.computeIfAbsent(c, k -> RUNNERS.submit(() -> run(k)));
    }

    @AfterAll
    static void end() throws InterruptedException {
        RUNNERS.shutdownNow();
        assertTrue(RUNNERS.awaitTermination(1, TimeUnit.MINUTES));
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void printsTheSame(Python python, String script) throws Exception {
        int at = CASES.indexOf(new Case(python, script));
        // this one and the next ones
        List<Future<Printed>> begun = CASES.subList(at, Math.min(CASES.size(), at + AT_A_TIME)).stream()
                .map(PythonScriptsIT::running)
                .toList();
        Printed printed = begun.get(0).get();
        assertTrue(printed.own().lines().count() >= 5, printed.own());
        assertEquals(printed.own(), printed.ours(), "what CPython's server answers, and what this one does");
    }
}
