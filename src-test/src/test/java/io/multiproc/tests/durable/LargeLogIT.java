package io.multiproc.tests.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.tests.fixtures.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A log of the size at which a server writes images by itself and drops what they make superfluous, and images that are damaged then. */
@Tag("jdk")
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LargeLogIT {
    private static final int MIB = 1 << 20;
    private static final int KEYS = 4;
    private static final String FIRST = "00000000000000000001.log";

    @TempDir
    Path folder;

    private int rounds;

    @Test
    void theLogIsTrimmedAndADamagedImageReplaced() throws Exception {
        try (DataServer server = new DataServer(folder, "--fsync", "never");
                Manager manager = server.connect()) {
            DictProxy<Object, Object> dict = manager.dict("large");
            Path first = server.data().resolve(FIRST);
            assertTrue(Files.exists(first) || write(dict), "a log begins with its first command");
            // an image is written after each 64 MiB; with two of them, and 64 MiB more, the first file is superfluous
            Await.until("the log is trimmed", () -> write(dict) && !Files.exists(first));
            assertTrue(rounds > 128 && rounds < 600, rounds + " MiB until then");
            long logged = ((Number) manager.info().details().get("log_bytes")).longValue();
            assertTrue(logged >= 64L * MIB && logged < 400L * MIB, logged + " bytes of log are left");
            assertEquals(2, files(".image").size());
            goesOn(server, dict);

            server.kill();
            List<Path> images = files(".image");
            damage(images.get(1), Files.readAllBytes(images.get(1)));
            server.start();
            assertTrue(server.log().contains("WARN"), server::log);
            assertTrue(
                    server.log().contains("it is called " + images.get(1).getFileName() + ".damaged now"), server::log);
            check(dict);

            // all images damaged; the server may have written one in the meantime, as the log behind the older one is
            // long
            server.kill();
            Files.delete(images.get(1).resolveSibling(images.get(1).getFileName() + ".damaged"));
            List<Path> all = files(".image");
            byte[] oldest = Files.readAllBytes(all.get(0));
            for (Path image : all) {
                damage(image, Files.readAllBytes(image));
            }
            try (Commands commands = new Commands(new String(server.key(), StandardCharsets.US_ASCII), folder)) {
                commands.serve(server.data())
                        .ends(
                                1,
                                "no image in data folder " + server.data() + " can be used",
                                "start with a backup in an empty folder (serve --data DIR --restore FILE)");
            }
            assertEquals(all, files(".image"), "they are left where they are");

            Files.write(all.get(0), oldest);
            server.start();
            check(dict);
            goesOn(server, dict);
        }
    }

    /** A MiB of log. */
    private boolean write(DictProxy<Object, Object> dict) {
        byte[] value = new byte[MIB];
        value[0] = (byte) rounds;
        dict.put(rounds % KEYS, value);
        rounds++;
        return true;
    }

    private void goesOn(DataServer server, DictProxy<Object, Object> dict) throws Exception {
        server.kill();
        server.start();
        check(dict);
        write(dict);
        check(dict);
    }

    private void check(DictProxy<Object, Object> dict) {
        assertEquals(KEYS, dict.size());
        for (int r = rounds - KEYS; r < rounds; r++) {
            assertEquals((byte) r, ((byte[]) dict.get(r % KEYS))[0]);
        }
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("data"))) {
            return all.filter(f -> f.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private static void damage(Path image, byte[] content) throws IOException {
        byte[] changed = content.clone();
        changed[changed.length / 2] ^= 1;
        Files.write(image, changed);
    }
}
