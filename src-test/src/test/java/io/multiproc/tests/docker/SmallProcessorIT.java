package io.multiproc.tests.docker;

import static io.multiproc.tests.docker.Run.docker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Managers and clients that have a tenth of a processor, as small pods of Kubernetes do. No class data archive helps the clients. */
@Tag("alone")
@Tag("docker")
@Timeout(180)
class SmallProcessorIT {
    private static final String TENTH = "--cpus=0.1";

    private final Containers containers = new Containers();

    @AfterEach
    void cleanUp() {
        containers.close();
    }

    @Test
    void aClientConnectsAtTheFirstTryAndShares() {
        String network = containers.network("net");
        containers.manager("manager", "--network", network, TENTH);
        String uri = "tls://" + containers.name("manager") + ":50000";
        List<Driver> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long began = System.nanoTime();
            clients.add(containers.client("client" + i, network, uri, TENTH));
            System.out.println("client " + i + " at 100m connected after "
                    + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) + " ms with the start of its JVM");
        }
        int i = 0;
        for (Driver client : clients) {
            assertEquals("is " + ++i, client.ask("add scores ada 1", "is"));
        }
        clients.get(0).ask("lock guard", "locked");
        clients.get(1).send("lock guard");
        clients.get(0).ask("unlock guard", "unlocked");
        clients.get(1).expect("locked");
        assertEquals("is {ada=3}", clients.get(2).ask("entries scores", "is"));
    }

    @Test
    void theHealthCheckAndTheEndKeepTheirTimes() {
        containers.manager("manager", TENTH, "--health-interval=2s", "--health-start-period=1s");
        Run.await("the health check of a manager at 100m", Duration.ofSeconds(60), () -> containers
                .inspect("manager", "{{.State.Health.Status}}")
                .equals("healthy"));
        assertEquals("0", containers.inspect("manager", "{{.State.Health.FailingStreak}}"));
        docker("stop", containers.name("manager")).ok();
        assertEquals("0", containers.inspect("manager", "{{.State.ExitCode}}"), "SIGTERM, not SIGKILL");
    }

    @Test
    void anErrorSaysWhatIsWrongAndNotThatTheTimeIsOver() {
        String network = containers.network("net");
        containers.manager("manager", "--network", network);
        String uri = "tls://" + containers.name("manager") + ":50000";
        Run.Result wrong = docker(
                "run",
                "--rm",
                "--network",
                network,
                TENTH,
                "-e",
                "MULTIPROC_AUTHKEY=another key that is long enough",
                Containers.IMAGE,
                "ping",
                "--address",
                uri);
        assertEquals(3, wrong.exit(), wrong.err());
        assertTrue(wrong.err().contains("authentication failed"), wrong.err());
        Run.Result nobody = docker(
                "run",
                "--rm",
                "--network",
                network,
                TENTH,
                "-e",
                "MULTIPROC_AUTHKEY=" + Containers.KEY,
                Containers.IMAGE,
                "ping",
                "--address",
                "tls://" + containers.name("manager") + ":50001");
        assertEquals(1, nobody.exit(), nobody.err());
        assertTrue(nobody.err().contains("refused"), nobody.err());
    }
}
