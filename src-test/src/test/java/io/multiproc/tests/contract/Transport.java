package io.multiproc.tests.contract;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Op;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.RecordingServer;
import io.multiproc.server.ServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server of each kind of address, started when first used, for the rest of the JVM's life. */
enum Transport {
    TCP,
    UNIX,
    /** The server that {@link Manager#inProcess} starts. */
    IN_PROCESS;

    /** Every operation that a contract test has sent. */
    static final Set<Op> SENT = ConcurrentHashMap.newKeySet();

    /** Every error that one was answered with. */
    static final Set<RecordingServer.Failed> FAILED = ConcurrentHashMap.newKeySet();

    private static final byte[] KEY = new byte[32];

    static {
        new SecureRandom().nextBytes(KEY);
    }

    private ManagerServer server;
    private Manager embedded;

    /** Options that lead to this transport's shared server. */
    synchronized ManagerOptions options() {
        if (this == IN_PROCESS) {
            if (embedded == null) {
                embedded = Manager.inProcess();
            }
            return embedded.options();
        }
        if (server == null) {
            server = start();
        }
        return optionsOf(server);
    }

    static ManagerOptions optionsOf(ManagerServer server) {
        return ManagerOptions.defaults().withAddress(server.uris().get(0)).withAuthkey(KEY);
    }

    /** A server of its own for a test that ends it. */
    ManagerServer start() {
        return start(ServerOptions.of(Authkey.of(KEY)));
    }

    ManagerServer start(ServerOptions options) {
        try {
            return RecordingServer.start(options.withListen(address()), SENT, FAILED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ServerOptions serverOptions() {
        return ServerOptions.of(Authkey.of(KEY));
    }

    /** Notes an operation that never reaches the state; the caller has seen its effect. */
    static void answeredByTheEngine(Op op) {
        SENT.add(op);
    }

    /** Notes that the server itself has refused an operation; the caller has seen it. */
    static void refusedByTheEngine(Op op, ErrorCode code) {
        FAILED.add(new RecordingServer.Failed(op, code));
    }

    private String address() throws IOException {
        if (this != UNIX) {
            return "tcp://127.0.0.1:0";
        }
        Path folder = Files.createTempDirectory("mp");
        Path socket = folder.resolve("s");
        folder.toFile().deleteOnExit();
        socket.toFile().deleteOnExit();
        return "unix://" + socket;
    }
}
