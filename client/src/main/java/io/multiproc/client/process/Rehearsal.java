package io.multiproc.client.process;

import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.CodeNames;
import io.multiproc.client.internal.code.PlainCodec;
import io.multiproc.client.internal.local.LocalHome;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.protocol.auth.ServerHandshake;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Goes through what a child does with its letter and errand, in memory: loads and warms the classes while a JVM of the reserve waits, and
 * before a class-data archive is written.
 */
final class Rehearsal {
    private static final int TIMES = 20;

    private Rehearsal() {}

    static void run() {
        try {
            for (int i = 0; i < TIMES; i++) {
                errand(ManagerOptions.defaults().allowPackage(Rehearsal.class.getPackageName()));
            }
            handshake();
            LocalHome.prepare();
            Selector.open().close();
            try (SocketChannel c = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                boolean ignored = c.connect(UnixDomainSocketAddress.of("/nonexistent/multiproc"));
            }
        } catch (Exception e) {
            // what comes will say what is wrong, if anything is
            ProcessLog.getLogger().log(java.util.logging.Level.FINE, "rehearsal", e);
        }
    }

    private record Sample(int number, String text) {}

    private static void nothing(@Nullable Object value) {}

    private static void errand(ManagerOptions options) throws Exception {
        Target.Of1<@Nullable Object> code = Rehearsal::nothing;
        Tuple errand = Errands.of(code, List.of(new Sample(1, "a")));
        Errands.check(errand, options);
        PlainCodec codec = new PlainCodec(options);
        Object read = codec.read(codec.write(errand));
        if (read instanceof Tuple t && t.get(1) instanceof Tuple names) {
            Code found = CodeNames.find(names, Rehearsal.class.getClassLoader());
            Object ignored = found.invoke(1);
        }
        Object letter = new PlainCodec(null).read(new PlainCodec(null).write(Map.of("a", List.of(1L, "b"))));
        try (Pipe pipe = Pipe.open(true)) {
            pipe.first().send(letter);
            Object ignored = pipe.second().recv();
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
