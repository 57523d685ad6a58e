package io.multiproc.server;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.net.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole server, with its real state, over sockets. */
@org.junit.jupiter.api.Tag("jdk")
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManagerServerIT {
    private ManagerServer server = start();

    private static ManagerServer start() {
        try {
            return ManagerServer.start(ServerOptions.of(RawClient.KEY).withListen("tcp://127.0.0.1:0"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void restart() {
        if (server.isTerminated()) {
            server = start();
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RawClient open(String name) throws Exception {
        return RawClient.open(server.uris().get(0), name);
    }

    private static long object(RawClient c, String type, String name) throws IOException {
        byte[] ref = c.call(
                1, ManagerOp.OPEN, 0, Values.ofText(type), Values.ofText(name), Values.container(Tag.LIST, List.of()));
        return Values.refId(ref, 0);
    }

    @Test
    void clientsShareADict() throws Exception {
        try (RawClient a = open("a");
                RawClient b = open("b")) {
            long dict = object(a, "dict", "scores");
            assertEquals(dict, object(b, "dict", "scores"));
            a.call(2, DictOp.SET, dict, Values.ofText("alice"), Values.ofInteger(7));
            assertEquals(7, Values.integer(b.call(3, DictOp.GET, dict, Values.ofText("alice")), 0));
            byte[] info = b.call(4, ManagerOp.INFO, 0);
            assertEquals(info.length, Values.check(info, 0, info.length));
        }
    }

    @Test
    void aBlockingTakeIsServedByAnotherClient() throws Exception {
        try (RawClient taker = open("taker");
                RawClient putter = open("putter")) {
            long queue = object(taker, "queue", "jobs");
            taker.raw(RawClient.request(2, QueueOp.TAKE, queue, Values.ofInteger(-1)));
            putter.call(3, QueueOp.PUT, queue, Values.ofText("job"), Values.ofInteger(-1));
            assertEquals("job", Values.text(taker.value(2)));
            assertArrayEquals(Values.ABSENT, taker.call(4, QueueOp.TAKE, queue, Values.ofInteger(30)));
        }
    }

    @Test
    void aDeadOwnersLockIsReleased() throws Exception {
        try (RawClient survivor = open("survivor")) {
            RawClient owner = open("owner");
            long lock = object(owner, "lock", "door");
            byte[] holder = Values.ofInteger(1);
            byte[] noLimit = Values.ofInteger(-1);
            owner.call(2, LockOp.ACQUIRE, lock, holder, noLimit);
            survivor.raw(RawClient.request(3, LockOp.ACQUIRE, lock, holder, noLimit));
            owner.close();
            assertFalse(Values.isAbsent(survivor.value(3)));
        }
    }

    @Test
    void anItemOnItsWayAtTheEndIsSavedAndGivenToNobodyElse(@TempDir Path folder) throws Exception {
        ServerOptions options = ServerOptions.of(RawClient.KEY)
                .withListen("tcp://127.0.0.1:0")
                .withSnapshot(folder.resolve("s"), Duration.ZERO);
        server.close();
        server = ManagerServer.start(options);
        try (RawClient first = open("first");
                RawClient waiting = open("waiting")) {
            long queue = object(first, "queue", "jobs");
            first.call(2, QueueOp.PUT, queue, Values.ofText("job"), Values.ofInteger(-1));
            assertEquals("job", Values.text(first.call(3, QueueOp.TAKE, queue, Values.ofInteger(0))));
            waiting.raw(RawClient.request(4, QueueOp.TAKE, queue, Values.ofInteger(-1)));
            waiting.call(5, ManagerOp.NAMES, 0); // so the take has arrived
            server.close();
            waiting.goodbye(ErrorCode.SHUTTING_DOWN);
        }
        assertTrue(server.isSaved());
        server = ManagerServer.start(options);
        try (RawClient next = open("next")) {
            long queue = object(next, "queue", "jobs");
            assertEquals("job", Values.text(next.call(2, QueueOp.TAKE, queue, Values.ofInteger(0))));
            assertArrayEquals(Values.ABSENT, next.call(3, QueueOp.TAKE, queue, Values.ofInteger(0)));
        }
    }

    @Test
    void objectsThatAreGoneAreTold() throws Exception {
        try (RawClient c = open("c")) {
            c.raw(RawClient.request(1, DictOp.SIZE, 4711));
            c.error(1, ErrorCode.NO_SUCH_OBJECT);
        }
    }
}
