package io.multiproc.tests.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.testcontainers.MultiprocContainer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Testcontainers class, with the image that {@code -Dmultiproc.image=…} names, or the one of its version. */
@Tag("docker")
@Timeout(180)
class MultiprocContainerIT {
    private static MultiprocContainer container() {
        String image = System.getProperty("multiproc.image", "");
        return image.isEmpty() ? new MultiprocContainer() : new MultiprocContainer(image);
    }

    @Test
    void aContainerIsReadyAndShared() {
        try (MultiprocContainer container = container()) {
            container.start();
            assertTrue(container.getUri().startsWith("tls://"), container.getUri());
            try (Manager one = container.connect();
                    Manager two = container.connect()) {
                DictProxy<String, Long> scores = one.dict("scores", String.class, Long.class);
                scores.add("ada", 1L);
                assertEquals(2L, two.dict("scores", String.class, Long.class).add("ada", 1L));
            }
        }
    }

    @Test
    void eachContainerHasAKeyOfItsOwn() {
        try (MultiprocContainer one = container();
                MultiprocContainer two = container()) {
            one.start();
            ManagerOptions wrong = one.options().withAuthkey(two.getAuthkey());
            assertThrows(AuthenticationException.class, () -> Manager.connect(wrong));
        }
    }
}
