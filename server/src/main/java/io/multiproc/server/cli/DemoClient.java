package io.multiproc.server.cli;

import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * One of the demo's two clients. As a program of its own: {@code DemoClient NAME ADDRESS}, the key in hexadecimal on standard
 * input. As a command, for containers: the key is where every command looks for it.
 */
public final class DemoClient extends Subcommand {
    DemoClient() {
        super(
                "demo-client",
                "One of two clients, 'ada' and 'bob', that share a dict, a queue and a lock through a running manager.");
    }

    private static final int STEPS = 1000;

    private final ConnectOptions connect = new ConnectOptions(inputs);

    private final Input<String> name = inputs.parameter("NAME");

    @Override
    int run(PrintStream out) throws InterruptedException, java.io.IOException {
        if (!List.of("ada", "bob").contains(name.get())) {
            throw new UsageException("the demo's clients are called ada and bob, not " + name.get());
        }
        try (Manager manager = Manager.connect(connect.options().withName(name.get()))) {
            play(manager, name.get());
        }
        return 0;
    }

    public static void main(String[] args) throws Exception {
        String key = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII)).readLine();
        ManagerOptions options = ManagerOptions.defaults()
                .withAddress(args[1])
                .withAuthkey(HexFormat.of().parseHex(key))
                .withName(args[0]);
        try (Manager manager = Manager.connect(options)) {
            play(manager, args[0]);
        }
    }

    private static void play(Manager manager, String name) throws InterruptedException {
        boolean first = name.equals("ada");
        String other = first ? "bob" : "ada";
        say(name, "connected from pid " + ProcessHandle.current().pid());
        DictProxy<String, Long> scores = manager.dict("scores", String.class, Long.class);
        QueueProxy<String> mine = manager.queue("for " + name, String.class, 0);
        QueueProxy<String> theirs = manager.queue("for " + other, String.class, 0);
        if (first) {
            scores.clear(); // of an earlier demo
            scores.set("ada", 1L);
            say(name, "put ada=1 into the dict 'scores'");
            theirs.offer("your turn");
            say(name, "got '" + await(mine) + "' from bob; the dict is now " + scores.snapshot());
        } else {
            say(name, "got '" + await(mine) + "' from ada; reads " + scores.snapshot() + " from the dict 'scores'");
            scores.set("bob", 2L);
            say(name, "put bob=2 into it");
            theirs.offer("done");
        }
        LockProxy lock = manager.lock("guard");
        for (int i = 0; i < STEPS; i++) {
            lock.lock();
            try {
                // two round trips on purpose: without the lock some of these would be lost
                scores.set("total", scores.getOrDefault("total", 0L) + 1);
            } finally {
                lock.unlock();
            }
        }
        say(name, "added 1 to 'total' " + STEPS + " times under the lock 'guard'");
        theirs.offer("finished");
        await(mine);
        if (first) {
            say(name, "total is " + scores.get("total") + " (" + 2 * STEPS + " expected)");
        }
    }

    private static String await(QueueProxy<String> queue) throws InterruptedException {
        String item = queue.poll(Duration.ofSeconds(30));
        if (item == null) {
            throw new IllegalStateException("the other client said nothing for 30 s");
        }
        return item;
    }

    private static void say(String name, String text) {
        System.out.printf("%-8s %s%n", name, text);
    }
}
