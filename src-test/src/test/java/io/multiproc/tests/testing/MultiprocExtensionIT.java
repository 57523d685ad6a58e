package io.multiproc.tests.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.testing.MultiprocExtension;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The extension used as a user does, and what one test sees of another. */
@Tag("jdk")
@Timeout(60)
class MultiprocExtensionIT {
    record Job(String name) {}

    @Nested
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    class InAStaticField {
        @RegisterExtension
        static final MultiprocExtension MULTIPROC =
                new MultiprocExtension().withOptions(o -> o.register(1000, Job.class));

        private static final Set<String> URIS = new HashSet<>();
        private static Manager last;

        @BeforeEach
        void nothingIsLeftOfOtherTests(Manager manager) {
            assertSame(manager, MULTIPROC.manager());
            assertEquals(List.of(), manager.names());
            assertEquals(1, manager.sessions().size());
            assertTrue(last == null || !last.isOpen(), "the connection of the test before is closed");
            last = manager;
            manager.dict("d").put("k", "v");
            URIS.add(MULTIPROC.uri());
        }

        @Test
        @Order(1)
        void aTestHasAManager(Manager manager) {
            QueueProxy<Job> jobs = manager.queue("jobs", Job.class, 10);
            jobs.add(new Job("build"));
            try (Manager other = Manager.connect(MULTIPROC.options())) {
                assertEquals(
                        new Job("build"), other.queue("jobs", Job.class, 10).poll());
            }
        }

        @Test
        @Order(2)
        void theServerIsTheSame(Manager manager) {
            assertEquals(1, URIS.size());
            manager.close(); // a test may
        }

        @Test
        @Order(3)
        void aTestMayEndTheServer(Manager manager) {
            assertEquals(1, URIS.size());
            manager.shutdownServer();
        }

        @Test
        @Order(4)
        void andTheNextTestHasAnother() {
            assertTrue(MULTIPROC.manager().isOpen());
            assertEquals(32, MULTIPROC.authkey().length);
        }

        @Nested
        class AndNested {
            @Test
            void theServerIsThere(Manager manager) {
                assertEquals(List.of("d"), manager.names());
            }
        }
    }

    private static final Set<String> OWN = new HashSet<>();

    private static void other(String uri) {
        assertTrue(OWN.add(uri), "a server of its own");
    }

    @Nested
    class WithServerPerTest {
        @RegisterExtension
        static final MultiprocExtension MULTIPROC = new MultiprocExtension().withServerPerTest();

        @Test
        void one(Manager manager) {
            other(manager.info().started() + manager.address());
            assertEquals(0, manager.numberOfObjects());
            manager.dict("d");
        }

        @Test
        void two(Manager manager) {
            other(manager.info().started() + manager.address());
            assertEquals(0, manager.numberOfObjects());
            manager.dict("d");
        }
    }

    @Nested
    class InAnInstanceField {
        @RegisterExtension
        final MultiprocExtension multiproc = new MultiprocExtension();

        @Test
        void one() {
            other(multiproc.manager().info().started() + multiproc.uri());
        }

        @Test
        void two() {
            other(multiproc.manager().info().started() + multiproc.uri());
        }
    }

    @Nested
    @ExtendWith(MultiprocExtension.class)
    class ByAnnotation {
        @Test
        void aTestHasAManager(Manager manager) {
            manager.dict("d").put(1, 2);
            assertEquals(1, manager.numberOfObjects());
        }
    }

    @Test
    void outsideATestThereIsNothing() {
        MultiprocExtension unused = new MultiprocExtension();
        assertThrows(IllegalStateException.class, unused::manager);
        assertThrows(IllegalStateException.class, unused::uri);
        unused.beforeEach(null);
        Manager manager = unused.manager();
        byte[] key = unused.authkey();
        unused.afterEach(null);
        assertFalse(manager.isOpen());
        assertThrows(IllegalStateException.class, unused::uri, "the server has ended");
        unused.beforeEach(null);
        assertNotEquals(List.of(key), List.of(unused.authkey()));
        unused.afterEach(null);
    }
}
