package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.Await;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.ServerOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look at a manager, run within this JVM. */
@Tag("jdk")
@Timeout(120)
class InspectIT {
    private static final String KEY = "a key of this test, long enough";

    @TempDir
    private Path folder = Path.of("");

    private ManagerServer server = started();
    private final Manager one = connect();
    private final Manager two = connect();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;

    private static ManagerServer started() {
        try {
            return ManagerServer.start(ServerOptions.of(Authkey.of(KEY.getBytes(StandardCharsets.US_ASCII)))
                    .withListen("tcp://127.0.0.1:0"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Manager connect() {
        return Manager.connect(ManagerOptions.defaults()
                .withAddress(server.uris().get(0))
                .withAuthkey(KEY.getBytes(StandardCharsets.US_ASCII)));
    }

    @BeforeEach
    void capture() throws Exception {
        Files.writeString(folder.resolve("key"), KEY);
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        System.setOut(realOut);
        System.setErr(realErr);
        one.close();
        two.close();
        threads.shutdownNow();
        server.close();
    }

    private String[] line(String... words) {
        List<String> all = new ArrayList<>(Arrays.asList(words));
        all.addAll(List.of("--address", server.uris().get(0)));
        all.addAll(List.of("--authkey-file", folder.resolve("key").toString()));
        return all.toArray(new String[0]);
    }

    /** What a command prints; it must succeed. */
    private String run(String... words) {
        out.reset();
        assertEquals(0, Multiproc.run(line(words)), () -> err.toString(StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    private void fails(int code, String text, String... words) {
        err.reset();
        assertEquals(code, Multiproc.run(line(words)));
        String said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains(text), said);
    }

    @Test
    void objects() {
        one.dict("scores").put("ada", 1);
        one.dict("scores").put("bob", 1);
        one.queue("jobs", Object.class, 9).addAll(List.of(1, 2, 3));
        String[] lines = run("objects").split("\n");
        assertTrue(
                lines[0].matches("ID +TYPE +NAME +SIZE +REFERENCES +WAITERS +HOLDER +AGE +OPERATIONS +RATE"), lines[0]);
        assertTrue(lines[1].matches("\\d+ +dict +scores +2 +\\d+ +0 +- +[0-9hms]+ +2 +-"), lines[1]);
        assertTrue(lines[2].matches("\\d+ +queue +jobs +3 +\\d+ +0 +- +[0-9hms]+ +1 +-"), lines[2]);
        String json = run("objects", "--json");
        assertTrue(json.startsWith("[{\"id\":") && json.endsWith("}]\n"), json);
        assertTrue(json.contains("\"name\":\"jobs\",\"size\":3,"), json);
        assertTrue(json.contains("\"rate\":null"), json);
        assertTrue(json.matches("(?s).*\"age\":\\d+.*"), json);
        fails(2, "from 1 on", "objects", "--watch", "0");
    }

    @Test
    void watching() throws Exception {
        one.counter("hits").set(1);
        Future<Integer> watch = threads.submit(() -> Multiproc.run(line("objects", "--json", "--watch", "1")));
        Await.until("it has looked twice", () -> {
            one.counter("hits").addAndGet(1);
            return out.toString(StandardCharsets.UTF_8).lines().count() >= 2;
        });
        threads.shutdownNow();
        assertEquals(0, watch.get(30, TimeUnit.SECONDS), "an interrupt ends it");
        List<String> looks = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertTrue(looks.get(0).contains("\"rate\":null"), looks.get(0));
        assertTrue(looks.get(1).matches(".*\"rate\":[1-9]\\d*.*"), looks.get(1));
    }

    @Test
    void locksAndDeadlocks() throws Exception {
        assertTrue(run("locks").startsWith("ID "));
        LockProxy a = one.lock("a");
        LockProxy b = two.lock("b");
        Future<Boolean> first = threads.submit(() -> {
            a.lock();
            two.event("first").set();
            two.event("second").await();
            return one.lock("b").tryLock(60, TimeUnit.SECONDS);
        });
        Future<Boolean> second = threads.submit(() -> {
            b.lock();
            two.event("second").set();
            two.event("first").await();
            return two.lock("a").tryLock(60, TimeUnit.SECONDS);
        });
        Await.until("they wait in a circle", () -> !one.deadlocks().isEmpty());
        String text = run("locks");
        assertTrue(text.contains("DEADLOCK: "), text);
        assertTrue(text.matches("(?s).*lock +a +owns .*"), text);
        assertTrue(text.matches("(?s).*lock +a +waits .*"), text);
        String json = run("locks", "--json");
        assertTrue(json.contains("\"owners\":[{") && json.contains("\"waiting\":[{"), json);
        String sessions = run("sessions");
        assertTrue(
                sessions.matches("(?s)ID +NAME +ADDRESS +CONNECTED +OPENED +HOLDS +LOCKS +WAITS +UNDELIVERED"
                        + " +IN_PROGRESS\n.*"),
                sessions);
        fails(2, "--force", "release", "a");
        assertEquals("released a\n", run("release", "a", "--force"));
        assertTrue(second.get(60, TimeUnit.SECONDS), "who waited for it has it");
        assertThrows(IllegalMonitorStateException.class, a::unlock);
        assertTrue(!run("locks").contains("DEADLOCK"), "the circle is open");
        fails(1, "no object is called", "release", "none", "--force");
        one.lock("free");
        fails(1, "nobody owns", "release", "free", "--force");
        run("release", "b", "--force");
        assertTrue(first.get(60, TimeUnit.SECONDS));
    }

    @Test
    void debugInfo() {
        one.dict("scores").put("ada", 1);
        one.lock("guard").lock();
        assertEquals(
                "dict #1 'scores': refcount=1, size=1, waiters=0\nlock #2 'guard': refcount=1, size=1, waiters=0\n",
                two.debugInfo());
        assertEquals(2, two.numberOfObjects());
    }
}
