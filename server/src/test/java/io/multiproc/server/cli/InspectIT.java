package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Tuple;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.Await;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.ServerOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
        int end = all.contains("--") ? all.indexOf("--") : all.size();
        all.addAll(
                end,
                List.of(
                        "--address",
                        server.uris().get(0),
                        "--authkey-file",
                        folder.resolve("key").toString()));
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
        fails(2, "from 0.1 on", "objects", "--watch", "0");
        lines = run("objects", "--sort", "-size").split("\n");
        assertTrue(
                lines[1].contains("jobs") && lines[2].contains("scores"), () -> out.toString(StandardCharsets.UTF_8));
        assertEquals(2, run("objects", "--name", "s*e?").lines().count());
        fails(2, "--sort takes one of id, type", "objects", "--sort", "colour");
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
                sessions.matches("(?s)ID +NAME +ADDRESS +KEY +CONNECTED +OPENED +HOLDS +LOCKS +WAITS +UNDELIVERED"
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

    /** Of a class that the command line does not have. */
    record Order(int number) {}

    @Test
    void oneObjectOfAUserClassHidesNothingElse() {
        try (Manager shop =
                Manager.connect(one.options().register(1000, Order.class).allowPackage("io.multiproc.server.cli"))) {
            shop.dict("orders").put("first", new Order(7));
            shop.dict("orders").put("note", "\u001b[2J");
            shop.dict("orders").put("blob", new byte[] {0, 'a'});
            String name = Order.class.getName();
            String text = run("get", "orders");
            assertTrue(
                    text.matches("\\{first=<\\Q" + name + "\\E, \\d+ bytes>, note=\\\\u001b\\[2J, blob=b'\\\\x00a'}\n"),
                    text);
            String json = run("get", "orders", "--json");
            assertTrue(json.contains("\"first\":{") && json.contains("\"class\":\"" + name + "\""), json);
            assertTrue(json.contains("\"blob\":\"AGE=\""), json);
            assertTrue(run("get", "orders", "--key", "first").startsWith("<" + name), "by key");
            assertTrue(run("info", "--json").contains("\"1000\":\"" + name + "\""), "the registry");
            assertEquals(new Order(7), shop.dict("orders").get("first"));
        }
    }

    @Test
    void verbsOnData() {
        run("put", "scores", "ada", "1", "--json");
        run("put", "scores", "7", "seven", "--json-key");
        run("put", "scores", "bob", "{\"x\": [1.5, null]}", "--json");
        assertEquals(
                java.util.Map.of(
                        "ada", 1L, 7L, "seven", "bob", java.util.Map.of("x", java.util.Arrays.asList(1.5, null))),
                one.dict("scores").snapshot());
        assertEquals("seven\n", run("get", "scores", "--key", "7", "--json-key"));
        fails(1, "has no key '7'", "get", "scores", "--key", "7");
        fails(2, "is not JSON", "put", "scores", "x", "ada", "--json");
        assertEquals("{ada=1, … 2 more}\n", run("get", "scores", "--limit", "1"));
        assertEquals("{\"ada\":1}\n", run("get", "scores", "--limit", "1", "--json"));
        assertEquals("seven\n", run("pop", "scores", "7", "--json-key"));
        fails(1, "has no key 'nobody'", "pop", "scores", "nobody");
        run("append", "list", "a", "b");
        assertEquals("b\n", run("pop", "list"));
        run("put", "list", "0", "z");
        assertEquals("[z]\n", run("get", "list"));
        one.set("aset");
        fails(2, "is a set, which 'put' does not change", "put", "aset", "k", "v");
        one.counter("hits");
        run("put", "hits", "5", "--json");
        assertEquals(5, one.counter("hits").get());
        fails(1, "no object is called 'none'. See 'multiproc objects'", "pop", "none", "x");
    }

    @Test
    void queues() {
        run("queue", "put", "jobs", "a", "b", "c");
        assertEquals("a\nb\n", run("queue", "peek", "jobs", "--limit", "2"));
        assertEquals("a\n", run("queue", "get", "jobs"));
        assertEquals("\"b\"\n", run("queue", "get", "jobs", "--json"));
        assertEquals("c", run("queue", "get", "jobs", "--raw", "--limit", "9"));
        fails(1, "is empty. Wait for an item: 'multiproc queue get --wait 60 jobs'", "queue", "get", "jobs");
        one.queue("small", Object.class, 1).offer(1);
        fails(1, "'small' is full; 0 of 1 were put", "queue", "put", "small", "x");
        one.dict("d");
        fails(2, "is a dict, no queue", "queue", "put", "d", "x");
        var work = one.joinableQueue("work");
        work.addAll(List.of(1, 2, 3));
        assertEquals("1\n", run("queue", "get", "work"));
        fails(1, "'small' is full; 0 items were moved", "queue", "move", "work", "small");
        assertEquals("moved 1 items from work to done\n", run("queue", "move", "work", "done", "--limit", "1"));
        assertEquals("purged 1 items from work\n", run("queue", "purge", "work"));
        // each that left counts as done: nobody waits for ever
        assertEquals(0, work.size());
        assertTrue(!run("sessions", "--json").contains("\"in_progress\":1"), "an item is still in progress");
        fails(2, "which command? There are queue put", "queue");
    }

    /** As the command of a closed pipe, or of a full disk. */
    private void failsUnread(String text, String... words) {
        err.reset();
        PrintStream full = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("no space left");
            }
        });
        System.setOut(full);
        try {
            assertEquals(1, Multiproc.run(line(words)));
        } finally {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        }
        String said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("standard output could not be written") && said.contains(text), said);
    }

    @Test
    void whatNobodyReadsIsNotLost() throws Exception {
        one.queue("jobs").addAll(List.of("a", "b"));
        failsUnread("back, at the end of 'jobs'", "queue", "get", "jobs", "--limit", "2");
        assertEquals(List.of("b", "a"), one.queue("jobs").snapshot());
        var work = one.joinableQueue("work");
        work.addAll(List.of("a", "b"));
        failsUnread("back in its place", "queue", "get", "work");
        Await.until("it is back", () -> work.snapshot().equals(List.of("a", "b")));
        assertEquals(2, work.unfinished());
        one.list("list").addAll(List.of(1, 2, 3));
        failsUnread("is back", "pop", "list");
        failsUnread("is back", "pop", "list", "0");
        failsUnread("is back", "pop", "list", "--", "-2");
        assertEquals(List.of(1, 2, 3), one.list("list").snapshot());
        one.dict("scores").put("ada", 1);
        failsUnread("is back", "pop", "scores", "ada");
        assertEquals(1, one.dict("scores").get("ada"));
        one.set("aset").add("x");
        failsUnread("is back", "pop", "aset");
        one.namespace("cfg").set("a", 5);
        failsUnread("is back", "pop", "cfg", "a");
        assertEquals(5, one.namespace("cfg").get("a"));
        assertTrue(one.set("aset").contains("x"));
        for (String[] words : new String[][] {
            {"get", "scores"}, {"objects"}, {"objects", "--watch", "0.1"}, {"info"}, {"queue", "peek", "jobs"}
        }) {
            failsUnread("", words);
        }
    }

    @Test
    void keysAreWhatWasSaid() {
        one.set("aset").addAll(List.of("a", "b", 5L));
        fails(1, "has no key 'c'", "pop", "aset", "c");
        assertEquals("b\n", run("pop", "aset", "b"));
        assertEquals("5\n", run("pop", "aset", "5", "--json-key"));
        assertEquals(java.util.Set.of("a"), one.set("aset").snapshot());
        one.list("list").addAll(List.of(1, 2, 3));
        run("put", "list", "--json", "--", "-1", "9");
        run("put", "list", "--json", "--", "-3", "7");
        assertEquals(List.of(7L, 2, 9L), one.list("list").snapshot());
        assertEquals("9\n", run("get", "list", "--key", "-1"));
        fails(1, "has no position -4", "put", "list", "--", "-4", "x");
        one.dict("d").put(Tuple.of(1L, 2L), "pair");
        one.dict("d").put(1L, "number");
        one.dict("d").put("1", "text");
        assertEquals("pair\n", run("get", "d", "--key", "[1, 2]", "--json-key"));
        assertEquals("text", run("get", "d", "--key", "1", "--raw"));
        assertTrue(run("get", "d", "--json").contains("[1,\"number\"],[\"1\",\"text\"]"), "none is lost");
        fails(1, "has no key 'null'", "get", "d", "--key", "null", "--json-key");
        fails(2, "can only be read", "pop", "d", "null", "--json-key");
        fails(2, "write '--' before", "put", "d", "k", "-5", "--json");
        for (String none : List.of("0", "-3")) {
            fails(2, "--limit takes a whole number from 1 on", "queue", "peek", "q", "--limit", none);
            fails(2, "--limit takes a whole number from 1 on", "queue", "get", "q", "--limit", none);
            fails(2, "--limit takes a whole number from 1 on", "queue", "move", "q", "p", "--limit", none);
        }
        for (String code : List.of("0", "256", "-1")) {
            fails(2, "from 1 to 255", "lock", "l", "--conflict-exit-code", code, "--", "true");
        }
        fails(2, "from 0.1 on", "ping", "--timeout", "0");
        assertTrue(run("ping", "--timeout", "2.5").startsWith("multiproc "), "a fraction");
        assertTrue(run("objects", "--sort", "-name").startsWith("ID "), "downwards");
    }

    @Test
    void aValueFromStandardInput() {
        InputStream real = System.in;
        System.setIn(new ByteArrayInputStream("line\nGr\u00f6\u00dfe\n".getBytes(StandardCharsets.UTF_8)));
        try {
            run("put", "d", "k", "--stdin");
        } finally {
            System.setIn(real);
        }
        assertEquals("line\nGr\u00f6\u00dfe\n", one.dict("d").get("k"));
        assertEquals("line\nGr\u00f6\u00dfe\n", run("get", "d", "--key", "k", "--raw"));
        assertEquals("line\\nGr\u00f6\u00dfe\\n\n", run("get", "d", "--key", "k"));
        fails(2, "one word too many", "put", "d", "k", "v", "--stdin");
    }

    @Test
    void sharingTwiceOrWhatCannotBeSharedIsWrongUsage() {
        err.reset();
        String key = folder.resolve("key").toString();
        assertEquals(2, Multiproc.run("serve", "--authkey-file", key, "--share", "x=dict", "--share", "x=list"));
        String said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("'x' twice, as dict and as list"), said);
        err.reset();
        assertEquals(2, Multiproc.run("serve", "--authkey-file", key, "--share", "x=barrier"));
        said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("joinable_queue") && !said.contains("iterator"), said);
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
