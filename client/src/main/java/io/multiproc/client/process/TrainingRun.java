package io.multiproc.client.process;

import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.ValueCodec;
import io.multiproc.client.internal.local.LocalHome;
import io.multiproc.client.internal.value.ThrownText;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.protocol.auth.ServerHandshake;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A run through all that a child does with its bootstrap message and task, in memory: it loads and warms the classes while a JVM of the reserve waits, and
 * before a class-data archive is written.
 */
final class TrainingRun {
    /** Compiled code comes with repetition. */
    static final int TIMES = 20;

    /** What a worker of a pool does; the package of pools is built on this one. */
    private static final String POOL = "io.multiproc.client.pool.PoolRehearsal";

    private TrainingRun() {}

    /** With classes that the tasks to come may be of: they are linked, not initialized. What failed of it is told and no harm. */
    static List<String> run(List<String> homes, ClassLoader loader, int times) {
        List<String> failures = new ArrayList<>();
        for (String home : homes) {
            try {
                // asking for the methods links it
                Object ignored = Class.forName(home, false, loader).getDeclaredMethods();
            } catch (ClassNotFoundException | LinkageError e) {
                failures.add("class " + home + " cannot be preloaded: " + e);
            }
        }
        try {
            Runnable pool = Class.forName(POOL)
                    .asSubclass(Runnable.class)
                    .getDeclaredConstructor()
                    .newInstance();
            LocalHome.trainingRun(() -> {
                for (int i = 0; i < times; i++) {
                    task(options());
                    pool.run();
                }
                return times;
            });
            handshake();
            ChildControl.trainingRun();
            Children.joinAll();
        } catch (Exception | LinkageError e) {
            failures.add("the training run of a waiting JVM failed: " + ThrownText.trace(e));
        }
        return failures;
    }

    private static ManagerOptions options() {
        return ManagerOptions.defaults().allowPackage(TrainingRun.class.getPackageName());
    }

    private record Sample(int number, String text) {}

    private static void answer(Connection c, Object value) throws IOException, InterruptedException {
        // a child's own connections allow the classes of its bootstrap message
        c.allow(options()).send(value);
        Object ignored = c.recv();
        c.close();
    }

    /** A child's whole way, but that it is this process. */
    private static void task(ManagerOptions options) throws Exception {
        byte[] bootstrap = ChildBootstrap.CODEC.write(ChildBootstrap.of(
                ProcessInfo.current().name(), false, options, ChildOptions.defaults(), null, null, 1, ""));
        Map<?, ?> received = (Map<?, ?>) Objects.requireNonNull(ChildBootstrap.CODEC.read(bootstrap));
        ValueCodec codec = ChildBootstrap.codec(ChildMain.options(received));
        try (Pipe pipe = Pipe.open(true)) {
            Target.Of2<Connection, Object> code = TrainingRun::answer;
            Tuple task = ProcessTask.of(code, List.of(pipe.second(), new Sample(1, "a")));
            byte[] bytes = ProcessTask.write(task, codec);
            // it waits for this already when it asks
            pipe.first().send("b");
            ProcessTask.run(ChildMain.task(received, options, codec, bytes), TrainingRun.class.getClassLoader());
            Object ignored = pipe.first().allow(options).recv();
        }
    }

    /** Proves a key to itself: all classes for it are there before a server's time for the proof runs. */
    static void handshake() throws HandshakeException {
        Authkey key = Authkey.of(new byte[32]);
        ClientHandshake client = new ClientHandshake(key);
        ServerHandshake server = new ServerHandshake(key, AuthPolicy.SHA256_OR_BETTER, NonceSource.secure());
        Deque<byte[]> toClient = new ArrayDeque<>(server.start());
        while (!toClient.isEmpty()) {
            for (byte[] answer : client.receive(toClient.remove())) {
                toClient.addAll(server.receive(answer));
            }
        }
    }
}
