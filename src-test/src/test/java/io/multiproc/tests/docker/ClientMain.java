package io.multiproc.tests.docker;

import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that does what its standard input says, one command a line, and answers each with a line. Runs in containers and
 * other network namespaces; the key comes from the environment.
 */
public final class ClientMain {
    private final Map<String, LockProxy> locks = new HashMap<>();
    private Manager manager;

    private ClientMain() {}

    public static void main(String[] args) throws Exception {
        ClientMain client = new ClientMain();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = in.readLine()) != null) {
            try {
                say(client.act(line.split(" ")));
            } catch (RuntimeException e) {
                say("failed " + e.getClass().getSimpleName() + " " + e.getMessage());
            }
        }
        System.exit(0);
    }

    private static void say(String text) {
        System.out.println(text);
        System.out.flush();
    }

    private String act(String[] c) throws InterruptedException {
        return switch (c[0]) {
            case "connect" -> connect(c[1]);
            case "reconnect" -> reconnect(c[1]);
            case "add" -> "is " + dict(c[1]).add(c[2], Long.parseLong(c[3]));
            case "get" -> "is " + dict(c[1]).get(c[2]);
            case "entries" -> "is " + dict(c[1]).snapshot();
            case "put" -> "put " + manager.queue(c[1], String.class, 0).offer(c[2]);
            case "take" -> "took " + manager.queue(c[1], String.class, 0).take();
            case "lock" -> lock(c[1]);
            case "rlock" -> rlock(c[1]);
            case "unlock" -> unlock(c[1]);
            case "increment" -> increment(c[1], c[2]);
            case "guarded" -> guarded(c[1], c[2], c[3], Integer.parseInt(c[4]));
            default -> "unknown";
        };
    }

    private String connect(String uri) {
        manager = Manager.connect(ManagerOptions.defaults().withAddress(uri).withName("test client"));
        return "connected";
    }

    /** Until it works; whoever drives this client sets the limit. */
    private String reconnect(String uri) {
        while (true) {
            try {
                manager = Manager.connect(
                        ManagerOptions.defaults().withAddress(uri).withConnectTimeout(Duration.ofSeconds(2)));
                return "connected";
            } catch (RuntimeException e) {
                LockSupport.parkNanos(50_000_000);
            }
        }
    }

    private DictProxy<String, Long> dict(String name) {
        return manager.dict(name, String.class, Long.class);
    }

    private String lock(String name) {
        LockProxy lock = locks.computeIfAbsent(name, manager::lock);
        lock.lock();
        return "locked";
    }

    private String rlock(String name) {
        manager.rlock(name).lock();
        return "locked";
    }

    private String unlock(String name) {
        locks.get(name).unlock();
        return "unlocked";
    }

    /** Counts until something fails, and says each number it was given. */
    private String increment(String name, String key) {
        DictProxy<String, Long> dict = dict(name);
        while (true) {
            say("at " + dict.add(key, 1L));
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Reads and writes back under a lock, so that an update is lost when the lock does not hold. */
    private String guarded(String lockName, String name, String key, int times) {
        DictProxy<String, Long> dict = dict(name);
        LockProxy lock = manager.lock(lockName);
        for (int i = 0; i < times; i++) {
            lock.lock();
            try {
                dict.put(key, dict.getOrDefault(key, 0L) + 1);
            } finally {
                lock.unlock();
            }
        }
        return "guarded " + times;
    }
}
