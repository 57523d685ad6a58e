package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.memory.ShareableList;
import io.multiproc.client.memory.SharedMemory;
import io.multiproc.client.pipe.Client;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Listener;
import io.multiproc.tests.fixtures.Await;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Listener and Client against CPython's own, in both roles; shared memory against CPython's. */
@Tag("jdk")
@Timeout(240)
class ConnectionsIT {
    private static final byte[] KEY = "the key of both".getBytes(StandardCharsets.UTF_8);

    static List<Python> pythons() {
        return Python.all();
    }

    private static final List<Object> VALUES = Arrays.asList(
            null,
            true,
            7L,
            BigInteger.ONE.shiftLeft(80),
            2.5,
            "gr\u00fc\u00dfe",
            List.of(1L, List.of(2L, "x")),
            Tuple.of(1L, "t"),
            Map.of("k", List.of(1L)),
            Set.of(3L));

    /** The other side sends everything back. */
    private static void talk(Connection c) throws Exception {
        for (Object v : VALUES) {
            c.send(v);
            assertEquals(String.valueOf(v), String.valueOf(longs(c.recv())));
        }
        byte[] large = new byte[300_000];
        Arrays.fill(large, (byte) 9);
        c.send(large);
        assertArrayEquals(large, (byte[]) c.recv());
        c.send("bytes");
        c.sendBytes(large);
        assertArrayEquals(large, c.recvBytes());
        c.send("object");
        Object opaque = c.recv();
        c.send(opaque);
        assertEquals("Fraction(1, 3)", c.recv());
        c.send("bye");
        assertThrows(EOFException.class, c::recv);
        c.close();
    }

    private static Object longs(Object v) {
        return v instanceof Integer i ? (Object) i.longValue() : v;
    }

    @ParameterizedTest
    @MethodSource("pythons")
    void pythonsClient(Python python, @TempDir Path folder) throws Exception {
        for (String address : List.of("tcp://127.0.0.1:0", "unix://" + folder.resolve("socket"))) {
            try (Listener listener = new Listener(address, KEY);
                    Python.Running client = python.start("connection.py", "client", listener.address())) {
                talk(listener.accept());
                client.output();
            }
        }
        assertFalse(Files.exists(folder.resolve("socket")));
    }

    @ParameterizedTest
    @MethodSource("pythons")
    void pythonsListener(Python python, @TempDir Path folder) throws Exception {
        String address = "unix://" + folder.resolve("socket");
        try (Python.Running listener = python.start("connection.py", "listener", address)) {
            listener.heard("listening");
            assertThrows(AuthenticationException.class, () -> Client.connect(address, new byte[] {1, 2}));
            listener.heard("refused");
            talk(Client.connect(address, KEY));
            listener.output();
        }
        assertThrows(IOException.class, () -> Client.connect(address, KEY));
    }

    @Test
    void javaToJava() throws Exception {
        try (Listener listener = new Listener("tcp://127.0.0.1:0", KEY)) {
            for (byte[] wrong : new byte[][] {{1}, null}) {
                CompletableFuture<Object> accepted = later(listener::accept);
                if (wrong == null) {
                    // it expects no handshake, and is not believed
                    Client.connect(listener.address(), null).close();
                } else {
                    assertThrows(AuthenticationException.class, () -> Client.connect(listener.address(), wrong));
                }
                assertEquals(AuthenticationException.class, get(accepted).getClass());
            }
            CompletableFuture<Object> accepted = later(listener::accept);
            Connection client = Client.connect(listener.address(), KEY);
            Connection server = (Connection) get(accepted);
            client.send(Map.of("a", "b"));
            assertEquals(Map.of("a", "b"), server.recv());
            assertThrows(IllegalStateException.class, client::token);
            assertTrue(listener.lastAccepted().contains("127.0.0.1"));
            server.close();
            assertThrows(EOFException.class, client::recv);
            CompletableFuture<Object> closed = later(listener::accept);
            listener.close();
            assertEquals(IOException.class, get(closed).getClass());
        }
        assertThrows(IllegalArgumentException.class, () -> new Listener("nowhere", KEY));
    }

    private interface Work {
        Object run() throws Exception;
    }

    private static CompletableFuture<Object> later(Work work) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return work.run();
            } catch (Exception e) {
                return e;
            }
        });
    }

    private static Object get(CompletableFuture<Object> future) throws Exception {
        return future.get(Await.LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void memoryOfBoth() throws Exception {
        SharedMemory memory = SharedMemory.create(100);
        ShareableList list = ShareableList.create(Arrays.asList("howdy", -1.5, 100L, null, true, "gr\u00fc\u00dfe"));
        memory.buffer().put(0, "from Java".getBytes(StandardCharsets.UTF_8));
        try (Python.Running p = Python.newest().start("memory.py", memory.name(), list.name())) {
            p.heard("from Java");
            p.heard("['howdy', -1.5, 100, None, True, 'gr\u00fc\u00dfe']");
            p.heard("made psm_multiproc");
            assertEquals(77, memory.buffer().get(99));
            assertEquals(Arrays.asList("hey", null, 7L, 2.5, false, "gr\u00fc\u00dfe"), list.toList());
            ShareableList theirs = ShareableList.attach("psm_multiproc");
            assertEquals(Arrays.asList("x", 1L, null), theirs.toList());
            theirs.set(1, 12L);
            p.say("go");
            p.heard("['x', 12, None]");
            p.output();
        } finally {
            memory.unlink();
            list.unlink();
        }
    }
}
