package io.multiproc.tests.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ObjectInfo;
import io.multiproc.client.QueueProxy;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.ChildJvm;
import io.multiproc.tests.fixtures.Script;
import io.multiproc.tests.python.Python;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight JVMs and four CPythons count, pass items and lock on a server that is killed at random moments and started again: no answered call is lost, none is applied
 * twice, and nobody ever shares the lock. The JVMs go on by themselves, as after a cut cable. {@code src-test/bin/kills} has it killed more often.
 */
@Timeout(3_000)
public abstract class KillsContract {
    private static final int CLIENTS = 8;
    private static final int PYTHONS = 4;
    private static final Duration MOST = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    /** What is killed, in a process of its own or several. */
    public interface Subject extends AutoCloseable {
        /** For clients of ours; perhaps several addresses. */
        String uri();

        /** For clients of CPython: one address. */
        default String pythonUri() {
            return uri();
        }

        byte[] key();

        Manager connect();

        /** SIGKILL. */
        void kill() throws Exception;

        /** Starts again what was killed. */
        void start() throws Exception;

        @Override
        void close();
    }

    private final int kills = kills();

    /** A subject that runs. */
    protected abstract Subject open(Path data) throws Exception;

    /** How often it is killed. */
    protected abstract int kills();

    /** One JVM's work. */
    static final class Client implements Script {
        @Override
        public Object run(Manager m, String... words) throws Exception {
            String own = "own " + words[1];
            DictProxy<String, Long> counts = m.dict("counts", String.class, Long.class);
            DictProxy<String, Long> guarded = m.dict("guarded", String.class, Long.class);
            DictProxy<String, Boolean> stop = m.dict("stop", String.class, Boolean.class);
            QueueProxy<String> items = m.queue("items", String.class, 0);
            LockProxy lock = m.lock("lock");
            List<String> taken = new ArrayList<>();
            long locked = 0;
            long rounds = 0;
            while (rounds % 10 != 0 || !stop.getOrDefault("now", false)) {
                long sum = counts.add(own, 1L);
                if (sum != ++rounds) {
                    throw new IllegalStateException("round " + rounds + " of " + own + " gave " + sum);
                }
                counts.add("n", 1L);
                items.put(words[1] + ":" + rounds);
                String item = items.poll();
                if (item != null) {
                    taken.add(item);
                }
                if (rounds % 5 == 0) {
                    lock.lock();
                    try {
                        long token = lock.fencingToken();
                        Long before = guarded.put("token", token);
                        if (before != null && before >= token) {
                            throw new IllegalStateException("token " + token + " after " + before);
                        }
                        // not atomic: wrong as soon as two are in here
                        guarded.put("n", guarded.getOrDefault("n", 0L) + 1);
                        locked++;
                    } finally {
                        lock.unlock();
                    }
                }
            }
            m.dict("taken").put("client " + words[1], String.join(" ", taken));
            return rounds + " " + locked;
        }
    }

    @Test
    void nothingAnsweredIsLostOrDoubled() throws Exception {
        long seed =
                Long.getLong("multiproc.kills.seed", ThreadLocalRandom.current().nextLong(1_000_000));
        System.out.println(
                getClass().getSimpleName() + " seed " + seed + " (-Dmultiproc.kills.seed), " + kills + " kills");
        Random random = new Random(seed);
        List<ChildJvm> children = new ArrayList<>();
        List<Python.Running> pythons = new ArrayList<>();
        try (Subject server = open(folder);
                Manager watcher = server.connect()) {
            for (String dict : List.of("counts", "guarded", "stop", "taken", "python_counts")) {
                watcher.dict(dict);
            }
            watcher.lock("lock");
            watcher.queue("items", String.class, 0);
            watcher.queue("python_items");
            int objects = watcher.numberOfObjects();
            try {
                start(server, children, pythons);
                DictProxy<String, Long> ticks = watcher.dict("counts", String.class, Long.class);
                long ticked = 0;
                for (int i = 0; i < kills; i++) {
                    // a random moment of the work: after so many operations of ours among theirs
                    for (int n = random.nextInt(400) + 1; n > 0; n--) {
                        assertEquals(++ticked, ticks.add("ticks", 1L), "a tick");
                    }
                    server.kill();
                    server.start();
                    if (i % 20 == 19) {
                        System.out.println(
                                getClass().getSimpleName() + ": " + (i + 1) + " kills, " + ticked + " ticks");
                    }
                }
                watcher.dict("stop").put("now", true);
                check(watcher, children, pythons);
            } finally {
                children.forEach(ChildJvm::close);
                pythons.forEach(Python.Running::close);
            }
            Await.until("all sessions have ended", () -> sessions(watcher) == 1);
            assertEquals(objects, watcher.numberOfObjects());
            for (ObjectInfo o : watcher.objects()) {
                assertEquals(0, o.waiters(), o::toString);
            }
        }
    }

    /** But for the one that owns what Pythons acquire, which is always there. */
    private static long sessions(Manager watcher) {
        return watcher.sessions().stream()
                .filter(s -> !s.name().equals("python locks and semaphores"))
                .count();
    }

    private static void start(Subject server, List<ChildJvm> children, List<Python.Running> pythons) throws Exception {
        URI uri = URI.create(server.pythonUri());
        for (int i = 0; i < CLIENTS; i++) {
            children.add(ChildJvm.start(server.uri(), server.key(), Client.class));
        }
        List<Python> versions = Python.extremes();
        for (int i = 0; i < PYTHONS; i++) {
            pythons.add(versions.get(i % versions.size())
                    .start(
                            "killed.py",
                            uri.getHost(),
                            Integer.toString(uri.getPort()),
                            HexFormat.of().formatHex(server.key()),
                            Integer.toString(i)));
        }
        children.forEach(ChildJvm::ready);
        for (int i = 0; i < CLIENTS; i++) {
            children.get(i).send("go " + i);
        }
        for (Python.Running p : pythons) {
            p.heard("ready");
        }
    }

    private void check(Manager watcher, List<ChildJvm> children, List<Python.Running> pythons) throws Exception {
        DictProxy<String, Long> counts = watcher.dict("counts", String.class, Long.class);
        long all = 0;
        long locked = 0;
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < CLIENTS; i++) {
            String[] result = children.get(i).answer(MOST).split(" ");
            long rounds = Long.parseLong(result[0]);
            assertEquals(rounds, counts.get("own " + i), "rounds of client " + i);
            all += rounds;
            locked += Long.parseLong(result[1]);
            for (long n = 1; n <= rounds; n++) {
                seen.put(i + ":" + n, 0);
            }
        }
        assertEquals(all, counts.get("n"), "what all counted");
        assertEquals(locked, watcher.dict("guarded", String.class, Long.class).get("n"), "what the lock guarded");
        assertTrue(all > kills, all + " rounds");
        for (Object list : watcher.dict("taken").snapshot().values()) {
            for (String item : list.toString().split(" ")) {
                seen.merge(item, 1, Integer::sum);
            }
        }
        QueueProxy<String> items = watcher.queue("items", String.class, 0);
        for (String item = items.poll(); item != null; item = items.poll()) {
            seen.merge(item, 1, Integer::sum);
        }
        seen.remove("");
        seen.values().removeIf(n -> n == 1);
        assertEquals(Map.of(), seen, "items that were not seen once");
        for (ChildJvm child : children) {
            child.finish();
        }
        checkPythons(watcher, pythons, all, locked);
    }

    /** A CPython program is told that its connection is gone, so what it asked last it does not know. */
    private void checkPythons(Manager watcher, List<Python.Running> pythons, long all, long locked) throws Exception {
        Map<String, Integer> seen = new HashMap<>();
        Map<String, Integer> unknown = new HashMap<>();
        long cuts = 0;
        long getsCut = 0;
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < PYTHONS; i++) {
            Map<String, String> said = new HashMap<>();
            for (String line : pythons.get(i).output().split("\n")) {
                said.put(line.split(" ")[0], line.contains(" ") ? line.substring(line.indexOf(' ') + 1) : "");
            }
            long n = Long.parseLong(said.get("count"));
            assertEquals(n, ((Number) watcher.dict("python_counts").get((long) i)).longValue(), "count of Python " + i);
            for (long k = 1; k < n; k++) {
                seen.put(i + ":" + k, 0);
            }
            for (String k : said.get("maybe").split(" ")) {
                unknown.put(i + ":" + k, 0);
            }
            taken.addAll(List.of(said.get("taken").split(" ")));
            cuts += Long.parseLong(said.get("cuts").split(" ")[0]);
            getsCut += Long.parseLong(said.get("cuts").split(" ")[1]);
        }
        QueueProxy<Object> items = watcher.queue("python_items");
        for (Object item = items.poll(); item != null; item = items.poll()) {
            List<?> pair = (List<?>) item;
            taken.add(pair.get(0) + ":" + pair.get(1));
        }
        taken.remove("");
        taken.forEach(item -> seen.merge(item, 1, Integer::sum));
        Map<String, Integer> missing = new HashMap<>(seen);
        missing.values().removeIf(n -> n > 0);
        missing.keySet().removeAll(unknown.keySet());
        assertEquals(Map.of(), missing, "items of Pythons that are gone");
        Map<String, Integer> doubled = new HashMap<>(seen);
        doubled.values().removeIf(n -> n < 2);
        System.out.println(getClass().getSimpleName() + ": " + all + " rounds, " + locked + " locks, Pythons cut off "
                + cuts
                + " times, " + getsCut + " of them in a get, " + unknown.size() + " puts unknown, " + doubled.size()
                + " items given twice");
        // that a Python has an item is known from its next call
        assertTrue(doubled.size() <= kills * PYTHONS, () -> doubled.toString());
        doubled.forEach((item, times) -> assertEquals(2, times, item));
    }
}
