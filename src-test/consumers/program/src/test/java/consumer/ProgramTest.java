package consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.client.Manager;
import io.multiproc.testing.MultiprocExtension;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ProgramTest {
    @RegisterExtension
    static MultiprocExtension multiproc = new MultiprocExtension();

    @Test
    void counts(Manager manager) {
        manager.dict("scores").add("ada", 1);
        assertEquals(Map.of("ada", 1), manager.dict("scores").snapshot());
    }
}
