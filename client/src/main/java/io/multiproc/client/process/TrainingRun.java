package io.multiproc.client.process;

import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.ValueCodec;
import io.multiproc.client.internal.local.LocalHome;
import io.multiproc.client.internal.log.EventLog;
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
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A run through all that a child does with its bootstrap message and task, in memory: it loads and warms the classes while a JVM of the reserve waits, and
 * before a class-data archive is written.
 */
final class TrainingRun {
    private static final int TIMES = 20;

    private TrainingRun() {}

    /** With classes that the tasks to come may be of: they are linked, not initialized. */
    static void run(List<String> homes, ClassLoader loader) {
        for (String home : homes) {
            try {
                // asking for the methods links it
                Object ignored = Class.forName(home, false, loader).getDeclaredMethods();
            } catch (ClassNotFoundException | LinkageError e) {
                // whoever needs it will hear so
            }
        }
        try {
            LocalHome.trainingRun(() -> {
                for (int i = 0; i < TIMES; i++) {
                    task(ManagerOptions.defaults().allowPackage(TrainingRun.class.getPackageName()));
                }
                return TIMES;
            });
            handshake();
            Children.joinAll();
        } catch (Exception e) {
            // what comes will say what is wrong, if anything is
            EventLog.debug("training run", e);
        }
    }

    private record Sample(int number, String text) {}

    private static void answer(Connection c, Object value) throws IOException, InterruptedException {
        c.send(value);
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
            Object ignored = pipe.first().recv();
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
