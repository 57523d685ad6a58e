package io.multiproc.server.cli;

import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * One of the demo's two clients. As a program of its own: {@code DemoClient NAME ADDRESS}, the key in hexadecimal on standard
 * input. As a command, for containers: the key is where every command looks for it.
 */
@Command(
        name = "demo-client",
        hidden = true,
        mixinStandardHelpOptions = true,
        description =
                "One of two clients, 'ada' and 'bob', that share a dict, a queue and a lock through a running manager.")
public final class DemoClient implements Callable<Integer> {
    private static final int STEPS = 1000;

    @Mixin
    private ConnectOptions connect = new ConnectOptions();

    @Parameters(paramLabel = "NAME", description = "Who this is: ada or bob.")
    private String name = "";

    @Spec
    private @Nullable CommandSpec spec;

    DemoClient() {}

    private DemoClient(String name) {
        this.name = name;
    }

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec command = spec;
        if (command != null && !List.of("ada", "bob").contains(name)) {
            throw new ParameterException(
                    command.commandLine(), "the demo's clients are called ada and bob, not " + name);
        }
        try (Manager manager = Manager.connect(connect.options().withName(name))) {
            run(manager);
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
            new DemoClient(args[0]).run(manager);
        }
    }

    private void run(Manager manager) throws InterruptedException {
        boolean first = name.equals("ada");
        String other = first ? "bob" : "ada";
        say("connected from pid " + ProcessHandle.current().pid());
        DictProxy<String, Long> scores = manager.dict("scores", String.class, Long.class);
        QueueProxy<String> mine = manager.queue("for " + name, String.class, 0);
        QueueProxy<String> theirs = manager.queue("for " + other, String.class, 0);
        if (first) {
            scores.clear(); // of an earlier demo
            scores.set("ada", 1L);
            say("put ada=1 into the dict 'scores'");
            theirs.offer("your turn");
            say("got '" + await(mine) + "' from bob; the dict is now " + scores.snapshot());
        } else {
            say("got '" + await(mine) + "' from ada; reads " + scores.snapshot() + " from the dict 'scores'");
            scores.set("bob", 2L);
            say("put bob=2 into it");
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
        say("added 1 to 'total' " + STEPS + " times under the lock 'guard'");
        theirs.offer("finished");
        await(mine);
        if (first) {
            say("total is " + scores.get("total") + " (" + 2 * STEPS + " expected)");
        }
    }

    private static String await(QueueProxy<String> queue) throws InterruptedException {
        String item = queue.poll(Duration.ofSeconds(30));
        if (item == null) {
            throw new IllegalStateException("the other client said nothing for 30 s");
        }
        return item;
    }

    private void say(String text) {
        System.out.printf("%-8s %s%n", name, text);
    }
}
