package io.multiproc.tests.docker;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The quick start of OPERATIONS.md with containers, as it stands there. */
@Tag("docker")
@Timeout(180)
class ComposeIT {
    @TempDir
    Path temp;

    private static List<String> quickStart() throws IOException {
        String document = Files.readString(Run.TOP.resolve("server/OPERATIONS.md"));
        Matcher m = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL)
                .matcher(document.substring(document.indexOf("## In containers")));
        assertTrue(m.find());
        return m.group(1)
                .lines()
                .map(l -> l.replaceAll("\\s+# .*", ""))
                .filter(l -> !l.isBlank())
                .toList();
    }

    /** Compose is a plugin of newer clients, a program of its own in older distributions. */
    private static String here(String command) {
        boolean plugin = Run.docker("compose", "version").exit() == 0;
        return command.replace("docker compose ", plugin ? "docker compose " : "docker-compose ");
    }

    @Test
    void theQuickStartTellsItsStory() throws Exception {
        List<String> commands = quickStart();
        assertEquals("docker build -f docker/Dockerfile -t multiproc/manager .", commands.get(0));
        // a folder like the checkout, in which the secret may be made
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectory(temp.resolve("docker"));
        Files.copy(Run.TOP.resolve("docker/compose.yml"), temp.resolve("docker/compose.yml"));
        Run.command(Duration.ofSeconds(10), temp.toFile(), "sh", "-c", commands.get(1))
                .ok();
        int port = freePort();
        String project = "mp" + port;
        Map<String, String> environment =
                Map.of("MULTIPROC_PORT", Integer.toString(port), "COMPOSE_PROJECT_NAME", project);
        Path key = temp.resolve("docker/authkey");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
        assertTrue(commands.get(2).startsWith("export MULTIPROC_AUTHKEY="), commands.get(2));
        String up = here(commands.get(3));
        String down =
                "COMPOSE_PROJECT_NAME=" + project + " MULTIPROC_PORT=" + port + " " + up.replace(" up", " down -t 5");
        try (Driver compose = new Driver(
                List.of("sh", "-c", "cd '" + temp + "' && " + commands.get(2) + " && exec " + up), environment)) {
            Run.await(
                    "the story's end\n" + compose.output(),
                    Duration.ofSeconds(90),
                    () -> compose.output().contains("total is 2000 (2000 expected)")
                            && compose.output().contains("bob      added 1"));
            String story = compose.output();
            for (String part : List.of(
                    "multiproc ready on tls://0.0.0.0:50000",
                    "ada      put ada=1 into the dict 'scores'",
                    "bob      got 'your turn' from ada; reads {ada=1} from the dict 'scores'",
                    "bob      put bob=2 into it",
                    "ada      got 'done' from bob",
                    "ada      added 1 to 'total' 1000 times under the lock 'guard'",
                    "bob      added 1 to 'total' 1000 times under the lock 'guard'")) {
                assertTrue(story.contains(part), part + " in:\n" + story);
            }
            // the manager runs on for programs of this machine
            try (Manager manager = Manager.connect(ManagerOptions.defaults()
                    .withAddress("tls://127.0.0.1:" + port)
                    .withAuthkeyFile(temp.resolve("docker/authkey")))) {
                assertEquals(
                        2000L, manager.dict("scores", String.class, Long.class).get("total"));
            }
            assertFalse(compose.output().contains("chmod 600"), compose.output());
            // the container keeps its key, whatever this shell and the file become
            String container = Run.docker(
                            "ps",
                            "-q",
                            "--filter",
                            "label=com.docker.compose.project=" + project,
                            "--filter",
                            "label=com.docker.compose.service=manager")
                    .ok()
                    .strip();
            Run.docker("restart", "-t", "5", container).ok();
            Run.await(
                    "the restarted manager answers\n" + compose.output(),
                    Duration.ofSeconds(60),
                    () -> answers("tls://127.0.0.1:" + port, key));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
        } finally {
            Run.Result end = Run.command(Duration.ofSeconds(60), temp.toFile(), "sh", "-c", down);
            System.out.println(end.err());
        }
    }

    /** With the file that the document made, as a program of this machine has it. */
    private static boolean answers(String uri, Path key) {
        try (Manager manager = Manager.connect(ManagerOptions.defaults()
                .withAddress(uri)
                .withAuthkeyFile(key)
                .withConnectTimeout(Duration.ofSeconds(2)))) {
            return manager.info().pid() > 0;
        } catch (ManagerException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
