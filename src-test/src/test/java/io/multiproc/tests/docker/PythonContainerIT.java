package io.multiproc.tests.docker;

import static io.multiproc.tests.docker.Run.command;
import static io.multiproc.tests.docker.Run.docker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.Manager;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Unmodified CPython in containers of its own, made of this machine's, and a Java client, on a manager in another container. */
@Tag("docker")
@Timeout(240)
class PythonContainerIT {
    private static final int ROUNDS = 50;
    private static final int JOBS = 60;

    private final Containers containers = new Containers();

    @TempDir
    private Path folder;

    @AfterEach
    void cleanUp() {
        containers.close();
    }

    private static String resource(String name) {
        try {
            return Path.of(PythonContainerIT.class.getResource(name).toURI()).toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void pythonAndJavaShareADictAQueueAndALock() {
        String tar = folder.resolve("python.tar").toString();
        String python = command(System.getProperty("multiproc.python", "python3"), resource("pack.py"), tar)
                .ok();
        String image = containers.image("python");
        docker("import", tar, image).ok();
        String network = containers.network("n");
        // CPython has no TLS: a listener of its own
        containers.managerWith(
                "m",
                List.of("--network", network, "--network-alias", "manager"),
                List.of("--listen", "tcp://0.0.0.0:50001"));
        try (Manager manager = containers.connect("m")) {
            DictProxy<String, Long> total = manager.dict("mixed_total", String.class, Long.class);
            DictProxy<Long, Long> seen = manager.dict("mixed_seen", Long.class, Long.class);
            JoinableQueueProxy<Object> jobs = manager.joinableQueue("mixed_jobs", Object.class, 0);
            manager.rlock("mixed_guard");
            String key = HexFormat.of().formatHex(Containers.KEY.getBytes(StandardCharsets.UTF_8));
            String scripts = Path.of(resource("/python/worker.py")).getParent().toString();
            List<String> workers = List.of(containers.container("w1"), containers.container("w2"));
            for (String worker : workers) {
                docker(
                                "run",
                                "-d",
                                "--name",
                                worker,
                                "--network",
                                network,
                                "--read-only",
                                "-v",
                                scripts + ":/scripts:ro",
                                "-e",
                                "PYTHONDONTWRITEBYTECODE=1",
                                image,
                                python,
                                "-u",
                                "/scripts/worker.py",
                                "manager",
                                "50001",
                                key,
                                worker,
                                Integer.toString(ROUNDS))
                        .ok();
            }
            for (long job = 0; job < JOBS; job++) {
                jobs.put(job);
            }
            for (int i = 0; i < workers.size(); i++) {
                jobs.put("end");
            }
            long done = 0;
            for (String worker : workers) {
                assertEquals("0", docker("wait", worker).ok(), () -> docker("logs", worker)
                        .toString());
                done += Long.parseLong(docker("logs", worker).ok().replace("done ", ""));
            }
            assertEquals(JOBS, done);
            assertEquals(JOBS, seen.size());
            assertTrue(seen.snapshot().values().stream().allMatch(n -> n == 1), "each job once");
            assertEquals((long) ROUNDS * workers.size(), total.get("n"));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
