package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.ServerOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServeClusterTest {
    private static final String[] NODE = {"--node", "a", "--peers", "a=h:1,b=h:2,c=h:3"};

    private static ServerOptions options(
            boolean data, boolean snapshot, @Nullable String first, int frame, String... words) {
        Inputs inputs = new Inputs();
        ServeCluster cluster = new ServeCluster(inputs);
        inputs.parse(List.of(words));
        return cluster.in(ServerOptions.of(Authkey.of(new byte[32])), data, snapshot, first, frame);
    }

    private static void refused(
            String said, boolean data, boolean snapshot, @Nullable String first, int frame, String... words) {
        String text =
                String.valueOf(assertThrows(UsageException.class, () -> options(data, snapshot, first, frame, words))
                        .getMessage());
        assertTrue(text.contains(said), text);
    }

    @Test
    void aNodeNeedsDataAndNoOtherState() {
        assertEquals("a", options(true, false, null, 64, NODE).node());
        refused("--peers needs --data DIR", false, false, null, 64, NODE);
        refused("--peers and --snapshot exclude each other", true, true, null, 64, NODE);
        refused("--peers and --restore exclude each other", true, false, "--restore", 64, NODE);
        refused("1 to 64 MiB with --peers, not 65", true, false, null, 65, NODE);
    }

    @Test
    void theOptionsBelongTogether() {
        assertNull(options(true, true, "--import", 1024).node());
        refused("--node needs --peers LIST", true, false, null, 64, "--node", "a");
        refused("--advertise needs --peers LIST", true, false, null, 64, "--advertise", "tcp://h:1");
        refused("--peers needs --node NAME", true, false, null, 64, "--peers", "a=h:1");
        refused("'d' is none of the peers", true, false, null, 64, "--node", "d", "--peers", "a=h:1");
        assertEquals(
                List.of("tcp://h:1"),
                options(true, false, null, 64, "--node", "a", "--peers", "a=h:1", "--advertise", "tcp://h:1")
                        .advertise());
    }
}
