package io.multiproc.tests.tutorials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.multiproc.client.Manager;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.ChildJvm;
import io.multiproc.tests.fixtures.Script;
import io.multiproc.tests.fixtures.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tutorials' MathClass: a class that one process serves and another one calls. */
@Tag("jdk")
@Timeout(120)
class MathClassIT {
    /** What clients see. */
    public interface MathApi {
        long add(long x, long y);

        long mul(long x, long y);
    }

    /** What the server runs. */
    public static final class MathClass implements MathApi {
        @Override
        public long add(long x, long y) {
            return x + y;
        }

        @Override
        public long mul(long x, long y) {
            return x * y;
        }
    }

    static final class Role implements Script {
        @Override
        public Object run(Manager m, String... words) {
            if (words[0].equals("serve")) {
                m.register("Maths", MathApi.class, MathClass.class);
                return "serving";
            }
            MathApi maths = m.create("Maths", MathApi.class);
            return maths.add(4, 3) + " " + maths.mul(7, 8);
        }
    }

    @Test
    void twoProcesses() {
        try (TestServer server = TestServer.start();
                ChildJvm host = server.child(Role.class);
                ChildJvm client = server.child(Role.class)) {
            host.ready().ask("serve");
            assertEquals("7 56", client.ready().ask("call"));
            // the host is killed: its clients are told, and another process may take its place
            host.kill();
            Manager manager = server.connect();
            Await.until(
                    "the death of the host is known",
                    () -> manager.service("Maths").methods().isEmpty());
            assertThrows(IllegalStateException.class, () -> manager.create("Maths", MathApi.class));
            manager.register("Maths", MathApi.class, MathClass.class);
            assertEquals("7 56", client.ask("call"));
        }
    }
}
