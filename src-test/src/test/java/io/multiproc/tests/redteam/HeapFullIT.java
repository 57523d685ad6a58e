package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ObjectInfo;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.RwLockOp;
import io.multiproc.protocol.op.ValueOp;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server whose heap a client has filled, in each way that there is: it refuses what would store more, and reads, removes, releases and ends. */
@Timeout(120)
class HeapFullIT {
    private static final byte[] NO_ARGUMENTS = Values.container(Tag.LIST, List.of());
    private static final int BATCH = 500;
    /** More than fit into the heap in each of these ways. */
    private static final int MOST = 3_000_000;

    /** What fills the heap, one request after the other. */
    enum Attack {
        NAMED_QUEUES {
            @Override
            void add(Flood flood, Objects o, int i) throws IOException {
                flood.add(ManagerOp.OPEN, 0, Values.ofText("queue"), Values.ofText("attack" + i), NO_ARGUMENTS);
            }
        },
        WAITING_ACQUIRES {
            @Override
            void add(Flood flood, Objects o, int i) throws IOException {
                flood.add(LockOp.ACQUIRE, o.lock, Values.ofInteger(i), Values.ofInteger(-1));
            }
        },
        ARRAYS {
            @Override
            void add(Flood flood, Objects o, int i) throws IOException {
                flood.add(
                        ManagerOp.CREATE,
                        0,
                        Values.ofText("array"),
                        Values.container(Tag.LIST, List.of(Values.ofText("d"), Values.ofInteger(20_000))));
            }
        },
        INITIAL_CONTENT {
            private final byte[] content = list(100_000);

            @Override
            void add(Flood flood, Objects o, int i) throws IOException {
                flood.add(
                        ManagerOp.OPEN,
                        0,
                        Values.ofText("list"),
                        Values.ofText("attack" + i),
                        Values.container(Tag.LIST, List.of(content)));
            }

            @Override
            int batch() {
                return 1;
            }
        },
        REPEATED_LISTS {
            @Override
            void add(Flood flood, Objects o, int i) throws IOException {
                flood.add(ListOp.REPEAT, o.list, Values.ofInteger(2));
            }

            @Override
            int batch() {
                return 1;
            }
        },
        SMALL_ENTRIES {
            @Override
            void add(Flood flood, Objects o, int i) throws IOException {
                flood.add(DictOp.SET, o.dict, Values.ofInteger(i), Values.NULL);
            }
        },
        READERS_OF_A_LOCK {
            @Override
            void add(Flood flood, Objects o, int i) throws IOException {
                flood.add(RwLockOp.ACQUIRE_READ, o.readWriteLock, Values.ofInteger(i), Values.ofInteger(-1));
            }
        },
        WAITING_TAKES {
            @Override
            void add(Flood flood, Objects o, int i) throws IOException {
                flood.add(QueueOp.TAKE, o.queue, Values.ofInteger(3_600_000L + i));
            }
        },
        /** Takes go on as puts do not, and what is taken stays the session's. */
        UNACKNOWLEDGED_ITEMS {
            @Override
            void add(Flood flood, Objects o, int i) throws IOException {
                flood.add(QueueOp.PUT, o.queue, Values.ofInteger(i), Values.ofInteger(0));
                flood.add(QueueOp.TAKE, o.queue, Values.ofInteger(0));
            }
        },
        /** Each is counted for the session, and read once more it is one more reference. */
        HELD_REFERENCES {
            @Override
            void add(Flood flood, Objects o, int i) throws IOException {
                flood.add(ManagerOp.CREATE, 0, Values.ofText("event"), NO_ARGUMENTS);
                flood.add(ListOp.ADD, o.list, Values.ofRef(ObjectType.EVENT.code(), o.next + i));
                if (i % 20_000 == 0) {
                    flood.add(ListOp.SLICE, o.list, Values.ABSENT, Values.ABSENT, Values.ABSENT);
                }
            }
        },
        LOCKS_OF_VALUES {
            @Override
            void add(Flood flood, Objects o, int i) throws IOException {
                byte[] arguments = Values.container(Tag.LIST, List.of(Values.ofText("i"), Values.ofInteger(1)));
                flood.add(ManagerOp.CREATE, 0, Values.ofText("value"), arguments);
                flood.add(ValueOp.LOCK, o.next + 2L * i, new byte[0][]);
            }
        };

        abstract void add(Flood flood, Objects o, int i) throws IOException;

        int batch() {
            return BATCH;
        }
    }

    /** Ids of objects that are there before. */
    private record Objects(long lock, long list, long dict, long readWriteLock, long queue, long next) {}

    private static byte[] list(int elements) {
        List<byte[]> out = new ArrayList<>();
        for (int i = 0; i < elements; i++) {
            out.add(Values.ofInteger(1_000_000 + i));
        }
        return Values.container(Tag.LIST, out);
    }

    @TempDir
    private Path folder = Path.of("");

    /** Makes the objects that are attacked, and the lock is held. */
    private static Objects objects(Manager manager) throws InterruptedException {
        manager.lock("lock").lock();
        // three levels, to be released one by one
        for (int i = 0; i < 3; i++) {
            manager.rlock("mine").lock();
        }
        manager.list("list").addAll(List.of(1, 2, 3, 4, 5, 6, 7, 8));
        manager.dict("dict").put("key", "value");
        manager.readWriteLock("shared").readLock().lock();
        QueueProxy<Object> empty = manager.queue("empty");
        assertNull(empty.poll());
        QueueProxy<Object> queue = manager.queue("queue");
        for (int i = 0; i < 10; i++) {
            queue.put(i);
        }
        Map<String, Long> ids = new HashMap<>();
        long last = 0;
        for (ObjectInfo info : manager.objects()) {
            ids.put(String.valueOf(info.name()), info.id());
            last = Math.max(last, info.id());
        }
        return new Objects(
                ids.get("lock"), ids.get("list"), ids.get("dict"), ids.get("shared"), ids.get("empty"), last + 1);
    }

    @ParameterizedTest
    @EnumSource(Attack.class)
    void theOthersGoOn(Attack attack) throws Exception {
        try (ServeProcess server = new ServeProcess(
                        folder,
                        List.of("-Xmx64m", "-XX:+UseSerialGC"),
                        "--max-waits",
                        "9999999",
                        "--max-waiters",
                        "9999999");
                Manager good = server.connect()) {
            Objects o = objects(good);
            try (Flood flood = Flood.open(server.uri(), ServeProcess.KEY)) {
                int sent = 0;
                int refused = 0;
                while (refused == 0 && sent < MOST) {
                    for (int i = 0; i < attack.batch(); i++) {
                        attack.add(flood, o, sent++);
                    }
                    refused = flood.refused();
                }
                System.out.println("HeapFullIT " + attack + ": refused after " + sent + " requests");
                assertTrue(refused > 0, "never refused");
                assertTheOthersGoOn(server, good);
                for (int round = 0; round < 20; round++) {
                    for (int i = 0; i < attack.batch(); i++) {
                        attack.add(flood, o, sent++);
                    }
                    int unused = flood.refused();
                }
                assertTheOthersGoOn(server, good);
            }
            long millis = server.terminate();
            assertTrue(millis < 5000, "SIGTERM took " + millis + " ms");
            assertEquals(0, server.exitValue(), server::toString);
            assertFalse(server.log().contains("OutOfMemoryError"), server::toString);
        }
    }

    /** What reads, removes, releases and ends a session goes on, and what would store more is refused. */
    private static void assertTheOthersGoOn(ServeProcess server, Manager good) throws Exception {
        DictProxy<Object, Object> dict = good.dict("dict");
        assertEquals("value", dict.get("key"));
        assertNotNull(good.queue("queue").poll());
        assertTrue(good.names().contains("queue"));
        good.rlock("mine").unlock();
        RequestRejectedException refused = assertThrows(RequestRejectedException.class, () -> {
            // what was refused to the other may be little
            for (int i = 0; i < 64; i++) {
                dict.put("more" + dict.size(), new byte[1 << 20]);
            }
        });
        assertTrue(String.valueOf(refused.getMessage()).contains("memory"), refused::toString);
        try (Manager another = server.connect()) {
            assertEquals("value", another.dict("dict").get("key"));
            assertNotNull(another.queue("queue").poll());
        }
    }
}
