package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.tests.fixtures.TestServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs with everyday objects print the same on CPython's own server and on this one, but for the lines that {@code differs.txt} lists with their reasons. */
@Timeout(600)
class EverydayObjectsIT {
    private static final String KEY = "a-key-of-programs-that-are-compared";

    /** Debian's, which has packages of NumPy and pandas. */
    private static final String DEBIAN = System.getProperty("multiproc.python.debian", "/usr/bin/python3");

    @TempDir
    private Path folder;

    private static void compare(Python python, String program) throws InterruptedException {
        try (TestServer server = TestServer.start(KEY.getBytes(StandardCharsets.UTF_8));
                Python.Running run = python.start("everyday/compare.py", Python.at(server)[1], KEY, program)) {
            String said = run.output();
            assertTrue(said.contains("== " + program), said);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flags",
                "keys_of_dicts",
                "labels",
                "mappings",
                "newer",
                "p01_value_types",
                "p04_iterators",
                "p07_membership",
                "p08_number_args",
                "p37_proxies_inside",
                "proxies",
                "relatives",
                "texts"
            })
    void printsTheSame(String program) throws Exception {
        compare(Python.newest(), program);
    }

    /** The program prints its seed. */
    @Test
    void holdsRandomValuesApartAsItsTableSays() throws Exception {
        try (TestServer server = TestServer.start(KEY.getBytes(StandardCharsets.UTF_8));
                Python.Running run = Python.newest().start("everyday/random_values.py", Python.at(server)[1], KEY)) {
            String said = run.output();
            assertTrue(said.contains("== random_values 0 of"), said);
        }
    }

    @Test
    void refusesAtOnceWhatItCannotDo() throws Exception {
        try (TestServer server = TestServer.start(KEY.getBytes(StandardCharsets.UTF_8));
                Python.Running run = Python.newest().start("everyday/refused.py", Python.at(server)[1], KEY)) {
            assertTrue(run.output().contains("refused what it should"));
        }
    }

    /** Over a Unix socket, where the kernel names the process. */
    @Test
    void printsTheSameOfItemsThatWereTaken() throws Exception {
        String socket = folder.resolve("socket").toString();
        try (TestServer server = TestServer.startAt("unix://" + socket, KEY.getBytes(StandardCharsets.UTF_8));
                Python.Running run = Python.newest().start("everyday/compare.py", socket, KEY, "items")) {
            String said = run.output();
            assertTrue(said.contains("== items 0 of"), said);
        }
    }

    @Test
    void givesBackWhatAKilledProcessHadTaken() throws Exception {
        String socket = folder.resolve("socket").toString();
        for (String address : new String[] {"unix://" + socket, "tcp://127.0.0.1:0"}) {
            try (TestServer server = TestServer.startAt(address, KEY.getBytes(StandardCharsets.UTF_8))) {
                String at = address.startsWith("unix") ? socket : Python.at(server)[1];
                try (Python.Running run = Python.newest().start("everyday/killed.py", at, KEY)) {
                    assertEquals("came back", run.output());
                }
            }
        }
    }

    @Test
    void printsTheSameOfNumpyAndPandas() throws Exception {
        compare(new Python("3", Path.of(DEBIAN)), "numpy_pandas");
    }
}
