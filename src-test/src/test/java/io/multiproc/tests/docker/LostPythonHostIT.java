package io.multiproc.tests.docker;

import static io.multiproc.tests.docker.Run.command;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A host with a CPython program that holds a lock is cut off without a word: TCP's keep-alive notices it within the lease. */
@Tag("alone")
@Tag("docker")
@Timeout(120)
class LostPythonHostIT {
    private static final long LEASE_SECONDS = 4;
    /** The kernel of a machine without the mend waits two hours. */
    private static final long MOST_SECONDS = 40;

    private final Hosts hosts = new Hosts();

    @AfterEach
    void cleanUp() {
        hosts.close();
    }

    @Test
    void itsLockGoesToTheNext() throws Exception {
        String manager = hosts.host("m");
        String lost = hosts.host("p");
        hosts.cable(1, manager, lost);
        Driver server = hosts.java(
                manager,
                "io.multiproc.server.Main",
                "serve",
                "--listen",
                "tcp://0.0.0.0:50000",
                "--share",
                "guard=rlock",
                "--lease",
                Long.toString(LEASE_SECONDS));
        server.expect("multiproc ready on");
        Driver client = hosts.java(manager, ClientMain.class.getName());
        client.ask("connect tcp://127.0.0.1:50000", "connected");
        Driver holder = hosts.python(
                lost,
                "lost.py",
                "10.99.1.1",
                "50000",
                HexFormat.of().formatHex(Containers.KEY.getBytes(StandardCharsets.UTF_8)));
        holder.expect("acquired");
        client.send("rlock guard");
        long from = System.nanoTime();
        command("ip", "-n", lost, "link", "set", hosts.plug(1, lost), "down").ok();
        client.expect("locked", MOST_SECONDS);
        double seconds = (System.nanoTime() - from) / 1e9;
        System.out.printf(
                "a host that was cut off: its lock was free after %.1f s, the lease is %d s%n", seconds, LEASE_SECONDS);
        assertTrue(seconds > 1, "it cannot have been noticed so soon: " + seconds);
    }
}
