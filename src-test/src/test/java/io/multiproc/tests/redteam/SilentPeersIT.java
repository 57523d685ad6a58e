package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.pipe.Client;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Listener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers of a {@link Listener} that connect and say nothing, or nonsense: those with the key are accepted meanwhile. */
@Tag("jdk")
@Timeout(60)
class SilentPeersIT {
    private static final byte[] KEY = {1, 2, 3};

    @TempDir
    private Path folder;

    private static <T> FutureTask<T> starts(java.util.concurrent.Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:0", "unix://%s/s"})
    void doNotHoldUpTheOthers(String address) throws Exception {
        List<Wire> silent = new ArrayList<>();
        try (Listener listener = new Listener(String.format(address, folder), KEY)) {
            for (int round = 0; round < 10; round++) {
                for (int i = 0; i < 20; i++) {
                    silent.add(Wire.to(listener.address()));
                }
                FutureTask<Connection> accepts = starts(listener::accept);
                FutureTask<Connection> connects = starts(() -> Client.connect(listener.address(), KEY));
                // none of the twenty seconds of the silent ones
                try (Connection a = accepts.get(15, TimeUnit.SECONDS);
                        Connection b = connects.get(15, TimeUnit.SECONDS)) {
                    a.send("a" + round);
                    assertEquals("a" + round, b.recv());
                    b.send("b");
                    assertEquals("b", a.recv());
                }
            }
            // the oldest have gone, the newest wait
            assertNotNull(silent.get(0).receive());
            assertNull(silent.get(0).receive());
        }
        Wire last = silent.get(silent.size() - 1);
        assertNotNull(last.receive());
        assertNull(last.receive(), "it is closed with the listener");
        for (Wire wire : silent) {
            wire.close();
        }
    }

    @Test
    void nonsenseIsTheFailureOfOne() throws Exception {
        try (Listener listener = new Listener("tcp://127.0.0.1:0", KEY);
                Wire silent = Wire.to(listener.address())) {
            for (byte[] said : new byte[][] {new byte[0], new byte[40], new byte[100_000]}) {
                try (Wire wire = Wire.to(listener.address())) {
                    wire.send(said);
                    assertThrows(AuthenticationException.class, listener::accept);
                }
            }
            Wire.to(listener.address()).close();
            assertThrows(AuthenticationException.class, listener::accept);
            FutureTask<Connection> connects = starts(() -> Client.connect(listener.address(), KEY));
            listener.accept().close();
            connects.get(15, TimeUnit.SECONDS).close();
            assertNotNull(silent.receive());
        }
    }

    @Test
    void severalThreadsAccept() throws Exception {
        try (Listener listener = new Listener("tcp://127.0.0.1:0", KEY);
                Wire silent = Wire.to(listener.address())) {
            List<FutureTask<Connection>> accepts = new ArrayList<>();
            List<FutureTask<Connection>> connects = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                accepts.add(starts(listener::accept));
                connects.add(starts(() -> Client.connect(listener.address(), KEY)));
            }
            for (int i = 0; i < 8; i++) {
                accepts.get(i).get(15, TimeUnit.SECONDS).close();
                connects.get(i).get(15, TimeUnit.SECONDS).close();
            }
            FutureTask<Connection> waits = starts(listener::accept);
            assertNotNull(silent.receive());
            listener.close();
            Exception e = assertThrows(Exception.class, () -> waits.get(15, TimeUnit.SECONDS));
            assertInstanceOf(IOException.class, e.getCause());
            assertNull(silent.receive());
        }
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        try (Listener listener = new Listener("tcp://127.0.0.1:0", KEY);
                Wire silent = Wire.to(listener.address())) {
            Thread[] thread = {null};
            FutureTask<Connection> waits = starts(() -> {
                thread[0] = Thread.currentThread();
                return listener.accept();
            });
            assertNotNull(silent.receive());
            thread[0].interrupt();
            Exception e = assertThrows(
                    Exception.class, () -> waits.get(Duration.ofSeconds(15).toMillis(), TimeUnit.MILLISECONDS));
            assertInstanceOf(InterruptedException.class, e.getCause());
        }
    }
}
