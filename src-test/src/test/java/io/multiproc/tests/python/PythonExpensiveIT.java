package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.tests.fixtures.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Integers of megabytes, long decimals and endless products from Python: what cannot be done soon is refused, in CPython's words where it has some. */
@Timeout(180)
class PythonExpensiveIT {
    private static final String EXPECTED =
            """
            array OverflowError signed integer is greater than maximum True
            value NoneType
            real NoneType
            index IndexError cannot fit 'int' into an index-sized integer True
            unlisted ValueError list.remove(x): x not in list True
            str str
            sort NoneType
            sort by str ValueError Exceeds the limit (4300 digits) for integer string conversion; use sys True
            sort by abs NoneType
            kept True True
            fraction str
            decimals RemoteError MemoryError: this command would keep the server from everybody else fo True
            a few decimals Decimal
            floats str
            controls str
            range RemoteError MemoryError: this command would keep the server from everybody else fo True
            smaller range NoneType
            length 100000
            product RemoteError MemoryError: the product exceeds the frame limit of this server True
            references RemoteError MemoryError: this command would keep the server from everybody else fo True
            length 1
            """;

    @Test
    void isRefusedOrBounded() throws Exception {
        try (TestServer server = TestServer.start()) {
            Python python = Python.newest();
            try (Python.Running script = python.start("expensive.py", Python.at(server))) {
                assertEquals(EXPECTED.strip(), script.output().strip(), python.toString());
            }
        }
    }
}
