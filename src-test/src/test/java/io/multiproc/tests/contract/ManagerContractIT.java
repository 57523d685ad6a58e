package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.Backup;
import io.multiproc.client.ClusterInfo;
import io.multiproc.client.DictProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerClosedException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.NamespaceProxy;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.NotPermittedException;
import io.multiproc.client.ObjectInfo;
import io.multiproc.client.Proxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.RegistryMismatchException;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.client.ServerInfo;
import io.multiproc.client.SessionInfo;
import io.multiproc.client.WrongTypeException;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.log.Fsync;
import io.multiproc.tests.fixtures.KeyedServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagerContractIT extends Contract {
    @Test
    void namedObjects() {
        String name = uniqueName();
        assertNull(manager.find(name));
        assertNull(manager.describe(name));
        DictProxy<Object, Object> dict = manager.dict(name);
        dict.set("a", List.of(1));
        assertTrue(other.names().contains(name));
        Proxy found = other.find(name);
        assertTrue(found instanceof DictProxy);
        assertEquals(Map.of("a", List.of(1)), found);
        assertEquals(Map.of("a", List.of(1)), other.describe(name));
        assertMentions("'" + name + "' is a dict", () -> other.list(name), WrongTypeException.class);
        dict.close();
        dict.close();
        assertEquals(1, other.dict(name).size(), "a named object stays");
        assertTrue(other.delete(name));
        assertFalse(manager.delete(name));
        assertFalse(manager.names().contains(name));
        assertEquals(0, manager.dict(name).size(), "made anew");
        assertThrows(NoSuchObjectException.class, () -> dict.get("a"));
    }

    @Test
    void everyTypeByName() {
        for (Manager m : new Manager[] {manager, other}) {
            for (Proxy p : new Proxy[] {
                m.dict(uniqueName()),
                m.list(uniqueName()),
                m.namespace(uniqueName()),
                m.queue(uniqueName()),
                m.joinableQueue(uniqueName()),
                m.simpleQueue(uniqueName(), String.class),
                m.lock(uniqueName()),
                m.rlock(uniqueName()),
                m.dict(),
                m.list(),
                m.namespace(),
                m.queue(),
                m.joinableQueue(),
                m.simpleQueue(),
                m.lock(),
                m.rlock()
            }) {
                assertTrue(m.objects().stream().anyMatch(o -> p.typeId().equals(o.type())), p.typeId());
            }
        }
    }

    @Test
    void names() {
        assertThrows(IllegalArgumentException.class, () -> manager.dict(""));
        assertThrows(RequestRejectedException.class, () -> manager.find("x".repeat(1025)));
        String longest = "\u00fc".repeat(512);
        manager.dict(longest).set("a", 1);
        assertEquals(1, other.dict(longest).size());
        manager.delete(longest);
        assertThrows(NullPointerException.class, () -> manager.queue(uniqueName(), null, 1)
                .add(null));
    }

    @Test
    void namesAreInOrderOfCreation() {
        String a = uniqueName();
        String b = uniqueName();
        manager.lock(b);
        manager.lock(a);
        List<String> names = manager.names();
        assertTrue(names.indexOf(b) < names.indexOf(a));
        manager.delete(a);
        manager.delete(b);
    }

    @Test
    void anonymousObjectsLiveWhileTheyAreHeld() {
        ListProxy<Object> list = manager.list();
        long id = list.objectId();
        list.add("x");
        String name = uniqueName();
        other.dict(name);
        manager.dict(name).set("list", list);
        list.close();
        assertTrue(exists(id), "another object contains it");
        Object again = other.dict(name).get("list");
        assertEquals(List.of("x"), again);
        manager.dict(name).remove("list");
        assertTrue(exists(id), "the other session holds it");
        ((Proxy) again).close();
        await("it is freed", () -> !exists(id));
        assertThrows(NoSuchObjectException.class, () -> ((ListProxy<?>) again).size());
        manager.delete(name);
    }

    private boolean exists(long id) {
        return manager.objects().stream().anyMatch(o -> o.id() == id);
    }

    @Test
    void objectsOfASessionAreFreedWithIt() {
        long id = other.dict().objectId();
        assertTrue(exists(id));
        other.close();
        await("it is freed", () -> !exists(id));
    }

    @Test
    void proxiesTravel() throws Exception {
        QueueProxy<Object> queue = manager.queue(uniqueName());
        QueueProxy<Object> twin =
                other.queue(manager.names().get(manager.names().size() - 1));
        DictProxy<Object, Object> dict = manager.dict();
        LockProxy lock = manager.lock();
        NamespaceProxy space = manager.namespace();
        space.set("self", List.of(dict, lock));
        twin.clear();
        queue.put(dict);
        queue.put(lock);
        queue.put(Map.of("space", space));
        @SuppressWarnings("unchecked")
        DictProxy<Object, Object> received = (DictProxy<Object, Object>) twin.take();
        received.set("k", 1);
        assertEquals(1, dict.get("k"));
        LockProxy far = (LockProxy) twin.take();
        far.lock();
        assertFalse(lock.tryLock());
        far.unlock();
        Map<?, ?> map = (Map<?, ?>) twin.take();
        List<?> self = (List<?>) ((NamespaceProxy) map.get("space")).get("self");
        assertEquals(Map.of("k", 1), self.get(0));
        assertNotEquals(0, dict.objectId());
        assertEquals(dict.objectId(), received.objectId());
    }

    @Test
    void lists() {
        int before = manager.numberOfObjects();
        String name = uniqueName();
        QueueProxy<Integer> queue = manager.queue(name, Integer.class, 5);
        queue.add(1);
        assertEquals(before + 1, other.numberOfObjects());
        ObjectInfo row = manager.objects().stream()
                .filter(o -> name.equals(o.name()))
                .findFirst()
                .orElseThrow();
        assertEquals("queue", row.type());
        assertEquals(queue.objectId(), row.id());
        assertNull(row.holder());
        assertTrue(row.created().isAfter(Instant.EPOCH) && row.references() > 0 && row.operations() > 0, row::toString);
        assertEquals(1, row.size());
        assertEquals(0, row.waiters());
        String lockName = uniqueName();
        LockProxy lock = manager.lock(lockName);
        lock.lock();
        ObjectInfo locked = manager.objects().stream()
                .filter(o -> lockName.equals(o.name()))
                .findFirst()
                .orElseThrow();
        assertEquals(lock.fencingToken(), locked.token());
        assertNotNull(locked.holder());
        lock.unlock();
        assertTrue(manager.sessions().size() >= 2);
        SessionInfo mine = manager.sessions().stream()
                .filter(i -> i.id() == locked.holder())
                .findFirst()
                .orElseThrow();
        assertTrue(mine.connected() && mine.holds() >= 2 && mine.opened().isAfter(Instant.EPOCH), mine::toString);
        assertEquals(0, mine.waits() + mine.undelivered() + mine.inProgress());
        assertTrue(mine.details()
                .keySet()
                .containsAll(List.of(
                        "id", "name", "address", "opened", "holds", "locks", "waits", "undelivered", "in_progress")));
        ServerInfo info = manager.info();
        assertEquals(ProcessHandle.current().pid(), info.pid());
        assertEquals(System.getProperty("java.version"), info.java());
        assertFalse(info.version().isEmpty());
        assertFalse(info.listeners().isEmpty());
        assertTrue(info.sessions() >= 2 && info.objects() > 0 && info.maxFrame() > 0 && info.heapMax() > 0);
        assertTrue(info.started().isAfter(Instant.EPOCH) && !info.uptime().isNegative(), info::toString);
        assertEquals(info.version(), info.details().get("version"));
        Transport.answeredByTheEngine(ManagerOp.INFO);
    }

    @Test
    void describing() {
        String list = uniqueName();
        manager.list(list).addAll(List.of(1, "a"));
        assertEquals(List.of(1, "a"), other.describe(list));
        String space = uniqueName();
        manager.namespace(space).set("x", 1);
        assertEquals(Map.of("x", 1), other.describe(space));
        String lock = uniqueName();
        manager.lock(lock).lock();
        assertEquals(true, ((Map<?, ?>) other.describe(lock)).get("locked"));
        String queue = uniqueName();
        manager.queue(queue).add(5);
        assertTrue(String.valueOf(other.describe(queue)).contains("5"));
    }

    @Test
    void closing() {
        assertTrue(manager.isOpen());
        DictProxy<Object, Object> dict = manager.dict();
        manager.close();
        manager.close();
        assertFalse(manager.isOpen());
        assertThrows(ManagerClosedException.class, () -> dict.get("a"));
        assertThrows(ManagerClosedException.class, () -> manager.names());
        failure(ManagerClosedException.class, dict.async().get("a"));
        assertTrue(manager.toString().endsWith("closed]"));
    }

    @Test
    void aWrongKeyIsRefused() {
        ManagerOptions wrong = transport
                .options()
                .withAuthkey("wrong key of some length".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThrows(AuthenticationException.class, () -> Manager.connect(wrong));
    }

    @Test
    void addressesThatLeadNowhere() {
        assertThrows(
                ManagerException.class,
                () -> Manager.connect(transport.options().withAddress("unix:///nowhere/at/all")));
        assertThrows(
                IllegalArgumentException.class,
                () -> Manager.connect(transport.options().withAddress("ftp://x")));
    }

    @Test
    void shuttingTheServerDown() throws Exception {
        ManagerServer server = transport.start();
        try (Manager mine = Manager.connect(Transport.optionsOf(server))) {
            Task<Object> waiting = start(() -> mine.queue("q").take());
            await("it waits", () -> mine.objects().stream().anyMatch(o -> o.waiters() == 1));
            mine.shutdownServer();
            server.awaitTermination();
            assertTrue(server.isTerminated());
            Transport.answeredByTheEngine(ManagerOp.SHUTDOWN);
            assertThrows(ManagerException.class, waiting::get);
            assertThrows(ManagerException.class, () -> mine.names());
        } finally {
            server.close();
        }
    }

    @Test
    void shutdownMayBeForbidden() {
        try (ManagerServer server = transport.start(Transport.serverOptions().withAllowShutdown(false));
                Manager mine = Manager.connect(Transport.optionsOf(server))) {
            RequestRejectedException e = assertThrows(RequestRejectedException.class, mine::shutdownServer);
            assertEquals(ErrorCode.FORBIDDEN, e.code());
            assertEquals(List.of(), mine.names());
        }
    }

    @Test
    void keysAreListedReadAgainAndTheirSessionsEnded(@TempDir Path folder) throws Exception {
        String ops = KeyedServer.line("ops", "admin");
        String web = KeyedServer.line("web", "use", "web.");
        try (KeyedServer server = new KeyedServer(folder, o -> o, ops, web)) {
            Manager admin = server.connect("ops");
            Manager user = server.connect("web");
            assertEquals(
                    List.of("ops admin [] 1", "web use [web.] 1"),
                    admin.keys().stream()
                            .map(k -> k.name() + " " + k.role() + " " + k.prefixes() + " " + k.sessions())
                            .toList());
            Transport.answeredByTheEngine(ManagerOp.KEYS);
            assertEquals(1, admin.endSessions("web"));
            Transport.answeredByTheEngine(ManagerOp.END_SESSIONS);
            assertThrows(ManagerException.class, user::names);
            assertThrows(IllegalArgumentException.class, () -> admin.endSessions("nobody"));
            server.write(ops);
            assertEquals(1L, admin.reloadKeys().get("removed"));
            Transport.answeredByTheEngine(ManagerOp.RELOAD_KEYS);
            server.write(ops, "half");
            assertMentions("line 2", admin::reloadKeys, IllegalStateException.class);
            Transport.refusedByTheEngine(ManagerOp.RELOAD_KEYS, ErrorCode.ILLEGAL_STATE);
            assertEquals(1, admin.keys().size());
        }
    }

    @Test
    void backups(@TempDir Path folder) throws Exception {
        assertMentions("--data", () -> manager.beginBackup(), IllegalStateException.class);
        Transport.refusedByTheEngine(ManagerOp.BEGIN_BACKUP, ErrorCode.ILLEGAL_STATE);
        String ops = KeyedServer.line("ops", "admin");
        String web = KeyedServer.line("web", "admin", "web.");
        try (KeyedServer server =
                new KeyedServer(folder, o -> o.withData(folder.resolve("data"), Fsync.NEVER), ops, web)) {
            Manager admin = server.connect("ops");
            admin.list("l").add("x".repeat(3 << 20));
            Backup backup = admin.beginBackup();
            Transport.answeredByTheEngine(ManagerOp.BEGIN_BACKUP);
            assertTrue(backup.index() > 0);
            assertEquals("MPIMAG", new String(backup.read(0), 0, 6, StandardCharsets.US_ASCII));
            Transport.answeredByTheEngine(ManagerOp.READ_BACKUP);
            assertEquals(1 << 20, backup.read(0).length);
            assertEquals(5, backup.read(backup.size() - 5).length);
            assertEquals(0, backup.read(backup.size()).length);
            assertThrows(IllegalArgumentException.class, () -> backup.read(-1));
            assertThrows(IllegalArgumentException.class, () -> backup.read(backup.size() + 1));
            Backup other = admin.beginBackup();
            assertEquals(backup.index(), other.index(), "nothing has happened: it is the same image");
            assertMentions("begin again", () -> backup.read(0), IllegalStateException.class);
            Transport.refusedByTheEngine(ManagerOp.READ_BACKUP, ErrorCode.ILLEGAL_STATE);
            assertEquals("MPIMAG", new String(other.read(0), 0, 6, StandardCharsets.US_ASCII));
            Manager confined = server.connect("web");
            assertMentions("prefixes", confined::beginBackup, NotPermittedException.class);
        }
    }

    @Test
    void aSingleServerIsNoCluster() {
        ClusterInfo cluster = manager.cluster();
        assertEquals("single", cluster.role());
        assertEquals(List.of(), cluster.members());
        assertNull(cluster.leader());
        Transport.answeredByTheEngine(ManagerOp.CLUSTER);
        Map<ManagerOp, Runnable> changes = Map.of(
                ManagerOp.ADD_NODE, () -> manager.addNode("b", "127.0.0.1:1"),
                ManagerOp.REMOVE_NODE, () -> manager.removeNode("b"),
                ManagerOp.TRANSFER_LEADERSHIP, () -> manager.transferLeadership(""));
        changes.forEach((op, change) -> {
            assertMentions("--peers", change::run, IllegalStateException.class);
            Transport.answeredByTheEngine(op);
            Transport.refusedByTheEngine(op, ErrorCode.ILLEGAL_STATE);
        });
    }

    @Test
    void requestsAndRepliesBeyondTheFrameLimit() {
        try (ManagerServer server = transport.start(Transport.serverOptions().withMaxFrame(1 << 20));
                Manager mine = Manager.connect(Transport.optionsOf(server))) {
            ListProxy<Object> list = mine.list("l");
            assertThrows(RequestRejectedException.class, () -> list.add(new byte[1 << 20]));
            for (int i = 0; i < 3; i++) {
                list.add(new byte[500_000]);
            }
            assertThrows(RequestRejectedException.class, list::snapshot);
            assertEquals(3, list.size());
            DictProxy<Object, Object> dict = mine.dict("d");
            for (int i = 0; i < 3; i++) {
                dict.set(i, new byte[500_000]);
            }
            assertThrows(RequestRejectedException.class, dict::snapshot);
            assertThrows(RequestRejectedException.class, () -> mine.describe("d"));
            assertEquals(3, dict.values().stream().count(), "chunks fit");
        }
    }

    public record Thing(int a) {}

    public record OtherThing(String a) {}

    @Test
    void contradictingRegistrationsAreNamed() {
        try (ManagerServer server = transport.start();
                Manager first = Manager.connect(Transport.optionsOf(server).register(1000, Thing.class))) {
            first.dict("d").set("t", new Thing(5));
            RegistryMismatchException e = assertThrows(
                    RegistryMismatchException.class,
                    () -> Manager.connect(Transport.optionsOf(server).register(1000, OtherThing.class)));
            assertTrue(e.getMessage().contains("Thing"), e.getMessage());
            try (Manager same = Manager.connect(Transport.optionsOf(server).register(1000, Thing.class))) {
                assertEquals(new Thing(5), same.dict("d").get("t"));
            }
        }
    }

    @Test
    void interruptedCallsThatDoNotWaitKeepTheInterrupt() throws Exception {
        assertTrue(start(() -> {
                    Thread.currentThread().interrupt();
                    manager.names();
                    return Thread.interrupted();
                })
                .get());
        assertNull(manager.queue().poll(1, TimeUnit.MILLISECONDS));
    }
}
