package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Complex;
import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.Tuple;
import io.multiproc.tests.fixtures.TestServer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Complex numbers and bytes between Java and CPython. */
@Tag("jdk")
@Timeout(120)
class ComplexIT {
    /** In the package of the code, so that it travels. */
    record Impedance(String name, Complex value) {}

    @Test
    void betweenJavaAndPython() throws Exception {
        Python.together(python -> {
            try (TestServer server = TestServer.start();
                    Manager manager = server.connect(server.options().allowPackage(Impedance.class.getPackageName()))) {
                DictProxy<Object, Object> d = manager.dict("complex");
                manager.array("bytes", "c", byte[].class, 3).set(0, new byte[] {'a'});
                d.put("java", new Complex(1, -2.5));
                d.put("negative zero", new Complex(-0.0, -0.0));
                d.put("nan", new Complex(Double.NaN, Double.POSITIVE_INFINITY));
                d.put(new Complex(2, 0), "two");
                d.put(Tuple.of(1, 3), "one and three");
                try (Python.Running run = python.start("complex_.py", Python.at(server))) {
                    assertEquals(
                            """
                            (1-2.5j) complex (-0-0j) (nan+infj)
                            two two two two one and three None
                            one [(1-2j), (inf-0j)]
                            b'a' Value('c', b'a')
                            b'b'
                            b'bc'
                            b
                            b'a' b'ayz' 3
                            RemoteError
                            1""",
                            run.output(),
                            python.toString());
                }
                assertEquals("two", d.get(2L));
                assertEquals("one", d.get(new Complex(1, 0)));
                assertEquals(
                        List.of(new Complex(1, -2), new Complex(Double.POSITIVE_INFINITY, -0.0)),
                        d.get(new Complex(-0.0, 1)));
                assertFalse(d.containsKey(new Complex(2, 1)));
                assertTrue(manager.set("complex set").add(new Complex(4, 0)));
                assertFalse(manager.set("complex set").add(4));
                d.put("impedance", new Impedance("coil", new Complex(0.5, 3)));
                assertEquals(new Impedance("coil", new Complex(0.5, 3)), d.get("impedance"));
                assertEquals("(1.0-2.0j)", new Complex(1, -2).toString());
                var bytes = manager.array("c", byte[].class, 2);
                bytes.set(1, new byte[] {7});
                assertArrayEquals(new byte[] {7}, bytes.get(1));
                assertEquals(0L, manager.value("q").get());
            }
        });
    }
}
