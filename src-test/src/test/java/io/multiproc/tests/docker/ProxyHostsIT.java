package io.multiproc.tests.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An unmodified Python program on one host, a manager that encrypts on another one, and {@code multiproc proxy} between them. */
@Tag("docker")
@Timeout(180)
class ProxyHostsIT {
    private static final int ROUNDS = 20;
    private final Hosts hosts = new Hosts();

    @AfterEach
    void cleanUp() {
        hosts.close();
    }

    @Test
    void aPythonProgramOnAnotherHost() {
        String manager = hosts.host("m");
        String other = hosts.host("a");
        hosts.cable(1, manager, other);
        Driver server = hosts.java(
                manager,
                "io.multiproc.server.Main",
                "serve",
                "--listen",
                "tls://0.0.0.0:50000",
                "--share",
                "mixed_total=dict",
                "--share",
                "mixed_seen=dict",
                "--share",
                "mixed_jobs=joinable_queue",
                "--share",
                "mixed_guard=rlock");
        server.expect("multiproc ready on");
        Driver proxy = hosts.java(
                other,
                "io.multiproc.server.Main",
                "proxy",
                "--listen",
                "tcp://127.0.0.1:6000",
                "--address",
                "tls://10.99.1.1:50000");
        proxy.expect("multiproc proxy ready on tcp://127.0.0.1:6000");
        Driver client = hosts.java(other, ClientMain.class.getName());
        client.ask("connect tls://10.99.1.1:50000", "connected");
        Driver worker = hosts.python(
                other,
                "worker.py",
                "127.0.0.1",
                "6000",
                HexFormat.of().formatHex(Containers.KEY.getBytes(StandardCharsets.UTF_8)),
                "worker",
                Integer.toString(ROUNDS));
        Driver jobs = hosts.java(
                other,
                "io.multiproc.server.Main",
                "queue",
                "put",
                "mixed_jobs",
                "one",
                "two",
                "three",
                "end",
                "--address",
                "tls://10.99.1.1:50000");
        assertEquals("done 3", worker.expect("done"));
        jobs.close();
        assertEquals("is " + ROUNDS, client.ask("get mixed_total n", "is"));
    }
}
