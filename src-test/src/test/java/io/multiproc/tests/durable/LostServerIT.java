package io.multiproc.tests.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.tests.fixtures.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What commands say, and when, if their server goes away in the middle, and what they do if it comes back. */
@Tag("jdk")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LostServerIT {
    @TempDir
    Path folder;

    private DataServer server;
    private Commands commands;

    @BeforeEach
    void begin() throws Exception {
        server = new DataServer(folder, "--lease", "600");
        commands = new Commands(new String(server.key(), StandardCharsets.US_ASCII), folder);
    }

    @AfterEach
    void end() throws Exception {
        commands.close();
        server.close();
    }

    private Commands.Running waiting(Manager watcher, String... words) throws Exception {
        Commands.Running command = commands.start(words);
        Await.until("it waits", () -> watcher.sessions().stream().anyMatch(s -> s.waits() == 1));
        return command;
    }

    @Test
    void whetherItTookEffectIsSaid() throws Exception {
        Commands.Running put;
        Commands.Running get;
        try (Manager watcher = server.connect()) {
            watcher.queue("full", String.class, 1).put("one");
            watcher.queue("empty", String.class);
            put = waiting(
                    watcher,
                    "queue",
                    "put",
                    "full",
                    "two",
                    "--wait",
                    "600",
                    "--address",
                    server.uri(),
                    "--timeout",
                    "0.5");
            get = commands.start(
                    "queue", "get", "empty", "--wait", "600", "--address", server.uri(), "--timeout", "0.5");
            Await.until(
                    "both wait",
                    () -> watcher.sessions().stream()
                                    .filter(s -> s.waits() == 1)
                                    .count()
                            == 2);
            server.kill();
            put.ends(
                    1,
                    "there has been no connection to " + server.uri() + " for more than 500 ms",
                    "it is unknown whether the command took effect",
                    "'multiproc ping' says whether it is back");
            get.ends(1, "nothing was changed");
        }
    }

    /** As a server does whose disk is full: the value comes in parts, and the last one finds nobody. */
    @Test
    void ofSeveralItIsSaidHowMany() throws Exception {
        try (Manager watcher = server.connect()) {
            watcher.queue("full", String.class, 1);
            Commands.Running put = waiting(
                    watcher,
                    "queue",
                    "put",
                    "full",
                    "one",
                    "two",
                    "--wait",
                    "600",
                    "--address",
                    server.uri(),
                    "--timeout",
                    "0.5");
            server.kill();
            put.ends(1, "1 of 2 were put, and perhaps the next one");
        }
    }

    @Test
    void aServerThatComesBackFinishesIt() throws Exception {
        try (Manager watcher = server.connect()) {
            QueueProxy<String> full = watcher.queue("full", String.class, 1);
            full.put("one");
            Commands.Running put = waiting(
                    watcher,
                    "queue",
                    "put",
                    "full",
                    "two",
                    "--wait",
                    "600",
                    "--address",
                    server.uri(),
                    "--timeout",
                    "60");
            server.kill();
            server.start();
            assertEquals("one", full.take());
            assertEquals("two", full.poll(Await.LONG.toSeconds(), TimeUnit.SECONDS));
            put.ends(0);
            assertNull(full.poll());
        }
    }
}
