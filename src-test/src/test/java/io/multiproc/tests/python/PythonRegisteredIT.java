package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.tests.fixtures.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Java class that Python programs call: the tutorials' MathClass. */
@Timeout(180)
class PythonRegisteredIT {
    /** The registered class. */
    public static final class MathClass {
        public long add(long x, long y) {
            return x + y;
        }

        public long mul(long x, long y) {
            return x * y;
        }

        public long divide(long x, long y) {
            return x / y;
        }

        public String check(long n) {
            if (n < 0) {
                throw new IllegalArgumentException("n must not be negative");
            }
            return "fine";
        }

        public Object echo(Object value) {
            return value;
        }
    }

    @Test
    void mathClass() throws InterruptedException {
        try (TestServer server = TestServer.start()) {
            server.connect().register("Maths", MathClass.class);
            for (Python python : Python.all()) {
                try (Python.Running script = python.start("maths.py", Python.at(server))) {
                    assertEquals(
                            """
                            7 56
                            ArithmeticError / by zero
                            ValueError n must not be negative
                            ['add', 'check', 'divide', 'echo', 'mul']
                            True
                            RemoteError""",
                            script.output(),
                            python.toString());
                }
            }
        }
    }
}
