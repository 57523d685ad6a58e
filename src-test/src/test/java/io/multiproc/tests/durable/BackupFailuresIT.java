package io.multiproc.tests.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Relay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code multiproc backup} that cannot end well: the command says so, and leaves no half file. */
@Tag("jdk")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BackupFailuresIT {
    private static final int VALUES = 24;

    @TempDir
    Path folder;

    private DataServer server;
    private Commands commands;
    private Path to;

    @BeforeEach
    void begin() throws Exception {
        server = new DataServer(folder);
        commands = new Commands(new String(server.key(), StandardCharsets.US_ASCII), folder);
        to = Files.createDirectory(folder.resolve("to"));
        try (Manager manager = server.connect()) {
            DictProxy<Object, Object> large = manager.dict("large");
            for (int i = 0; i < VALUES; i++) {
                large.put(i, new byte[1 << 20]);
            }
        }
    }

    @AfterEach
    void end() throws Exception {
        commands.close();
        server.close();
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(to)) {
            return files.toList();
        }
    }

    @Test
    void theClientsDiskIsFull() throws Exception {
        Commands.Running backup = commands.onDisk(
                "10m",
                to,
                "{ echo before >\"$1/backup\"; \"$0\" backup --address " + server.uri()
                        + " --to \"$1/backup\"; code=$?; ls \"$1\"; cat \"$1/backup\"; exit $code; }");
        assertEquals(List.of("backup", "before"), backup.out().lines().toList());
        backup.ends(1, "no backup was written to " + to + "/backup", "No space left");
    }

    /** The server's answers stop when the file has begun, so it is killed in the middle for certain. */
    @Test
    void theServerIsKilledMeanwhile() throws Exception {
        try (Relay cable = new Relay(server.uri())) {
            Commands.Running backup = begun(cable, "0.5");
            server.kill();
            cable.cut();
            backup.ends(1, "no backup was written to " + to.resolve("backup"), "there has been no connection to");
            assertEquals(List.of(), left());
        }
    }

    @Test
    void theServerIsKilledAndComesBackMeanwhile() throws Exception {
        try (Relay cable = new Relay(server.uri())) {
            Commands.Running backup = begun(cable, "60");
            server.kill();
            cable.cut();
            server.start();
            cable.thaw();
            backup.ends(1, "no backup was written to " + to.resolve("backup"), "this backup is over");
            assertEquals(List.of(), left());
        }
    }

    private Commands.Running begun(Relay cable, String timeout) throws Exception {
        cable.freezeAfter(5 << 20);
        Commands.Running backup = commands.start(
                "backup", "--address", cable.uri(), "--to", to.resolve("backup").toString(), "--timeout", timeout);
        Await.until(
                "a part has come",
                () -> Files.exists(to.resolve("backup.part")) && Files.size(to.resolve("backup.part")) > 0);
        return backup;
    }
}
