package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ArrayProxy;
import io.multiproc.client.AsyncArray;
import io.multiproc.client.AsyncBarrier;
import io.multiproc.client.AsyncCountDownLatch;
import io.multiproc.client.AsyncCounter;
import io.multiproc.client.AsyncDict;
import io.multiproc.client.AsyncEvent;
import io.multiproc.client.AsyncList;
import io.multiproc.client.AsyncLock;
import io.multiproc.client.AsyncQueue;
import io.multiproc.client.AsyncReadWriteLock;
import io.multiproc.client.AsyncSemaphore;
import io.multiproc.client.AsyncSet;
import io.multiproc.client.AsyncValue;
import io.multiproc.client.Backup;
import io.multiproc.client.BarrierProxy;
import io.multiproc.client.ConditionProxy;
import io.multiproc.client.CountDownLatchProxy;
import io.multiproc.client.CounterProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.EventProxy;
import io.multiproc.client.InstanceProxy;
import io.multiproc.client.IteratorProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.NamespaceProxy;
import io.multiproc.client.Proxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.ReadWriteLockProxy;
import io.multiproc.client.SemaphoreProxy;
import io.multiproc.client.ServiceProxy;
import io.multiproc.client.SetProxy;
import io.multiproc.client.SimpleQueueProxy;
import io.multiproc.client.ValueProxy;
import io.multiproc.protocol.op.ArrayOp;
import io.multiproc.protocol.op.BarrierOp;
import io.multiproc.protocol.op.ConditionOp;
import io.multiproc.protocol.op.CounterOp;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.EventOp;
import io.multiproc.protocol.op.InstanceOp;
import io.multiproc.protocol.op.IteratorOp;
import io.multiproc.protocol.op.LatchOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.NamespaceOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.RwLockOp;
import io.multiproc.protocol.op.SemaphoreOp;
import io.multiproc.protocol.op.ServiceOp;
import io.multiproc.protocol.op.SetOp;
import io.multiproc.protocol.op.ValueOp;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every row of the operation table can be reached from the client, blocking and as a future. */
@Timeout(60)
class ClientSurfaceTest {
    /** Methods of a class, by name, that do the operation. */
    private record Reach(Class<?> type, List<String> methods) {}

    private static Reach by(Class<?> type, String... methods) {
        return new Reach(type, List.of(methods));
    }

    private static final Map<Op, Reach> BLOCKING = new LinkedHashMap<>();
    private static final Map<Op, Reach> ASYNC = new LinkedHashMap<>();

    /** Rows without a future of their own, and why. */
    private static final Map<Op, String> NO_FUTURE = new LinkedHashMap<>();

    /** Rows for Python's own clients only, and why. */
    private static final Map<Op, String> PYTHON_ONLY = Map.of(
            ValueOp.SET_ANY, "Java keeps to the type code",
            ValueOp.GET_ANY, "Java keeps to the type code",
            QueueOp.LEAVE_UNFINISHED, "the end of a Java client gives its items back");

    private static void row(Op op, Reach blocking, Reach async) {
        BLOCKING.put(op, blocking);
        ASYNC.put(op, async);
    }

    private static void blockingOnly(Op op, Reach blocking, String why) {
        BLOCKING.put(op, blocking);
        NO_FUTURE.put(op, why);
    }

    static {
        String admin = "objects are made and looked at in the open, not in a burst";
        blockingOnly(
                ManagerOp.CREATE,
                by(
                        Manager.class,
                        "dict",
                        "list",
                        "namespace",
                        "queue",
                        "joinableQueue",
                        "simpleQueue",
                        "lock",
                        "rlock"),
                admin);
        blockingOnly(ManagerOp.OPEN, BLOCKING.get(ManagerOp.CREATE), admin);
        blockingOnly(ManagerOp.FIND, by(Manager.class, "find"), admin);
        blockingOnly(ManagerOp.DELETE, by(Manager.class, "delete"), admin);
        blockingOnly(ManagerOp.NAMES, by(Manager.class, "names"), admin);
        blockingOnly(ManagerOp.RELEASE, by(Proxy.class, "close"), "close() does not block");
        blockingOnly(ManagerOp.REGISTER_CLASSES, by(Manager.class, "connect"), "part of connecting");
        blockingOnly(ManagerOp.OBJECTS, by(Manager.class, "objects"), admin);
        blockingOnly(ManagerOp.SESSIONS, by(Manager.class, "sessions"), admin);
        blockingOnly(ManagerOp.NUMBER_OF_OBJECTS, by(Manager.class, "numberOfObjects"), admin);
        blockingOnly(ManagerOp.DESCRIBE, by(Manager.class, "describe"), admin);
        blockingOnly(ManagerOp.INFO, by(Manager.class, "info"), admin);
        blockingOnly(ManagerOp.SHUTDOWN, by(Manager.class, "shutdownServer"), admin);

        dict(DictOp.SET_FENCED, "putFenced");
        dict(DictOp.GET, "get");
        dict(DictOp.GET_MANY, "getAll");
        dict(DictOp.CONTAINS_KEY, "containsKey");
        dict(DictOp.CONTAINS_VALUE, "containsValue");
        dict(DictOp.SIZE, "size");
        dict(DictOp.SET, "set");
        dict(DictOp.PUT, "put");
        dict(DictOp.PUT_IF_ABSENT, "putIfAbsent");
        dict(DictOp.PUT_ALL, "putAll");
        dict(DictOp.REMOVE, "remove");
        dict(DictOp.REMOVE_IF, "remove");
        dict(DictOp.REPLACE, "replace");
        dict(DictOp.REPLACE_IF, "replace");
        dict(DictOp.POP_ITEM, "popItem");
        dict(DictOp.ADD, "add");
        dict(DictOp.CLEAR, "clear");
        dict(DictOp.SNAPSHOT, "snapshot");
        blockingOnly(DictOp.CHUNK, by(DictProxy.class, "keySet", "values", "entrySet"), "iterators block");

        list(ListOp.GET, by(ListProxy.class, "get", "at"), "get");
        list(ListOp.SET, "set");
        list(ListOp.ADD, by(ListProxy.class, "add", "append"), "add");
        blockingOnly(ListOp.ADD_AT, by(ListProxy.class, "add"), "AsyncList.insert is the lenient form");
        list(ListOp.INSERT, "insert");
        list(ListOp.ADD_ALL, by(ListProxy.class, "addAll", "extend"), "addAll");
        blockingOnly(ListOp.ADD_ALL_AT, by(ListProxy.class, "addAll"), "AsyncList.setSlice does it");
        list(ListOp.REMOVE_AT, by(ListProxy.class, "remove", "pop"), "pop");
        list(ListOp.REMOVE_VALUE, "remove");
        list(ListOp.REMOVE_ALL, "removeAll");
        list(ListOp.RETAIN_ALL, "retainAll");
        list(ListOp.INDEX_OF, by(ListProxy.class, "indexOf", "index", "contains"), "indexOf");
        list(ListOp.LAST_INDEX_OF, "lastIndexOf");
        list(ListOp.CONTAINS_ALL, "containsAll");
        list(ListOp.COUNT, "count");
        list(ListOp.SIZE, "size");
        list(ListOp.CLEAR, "clear");
        list(ListOp.SLICE, by(ListProxy.class, "slice", "iterator"), "slice");
        list(ListOp.SET_SLICE, "setSlice");
        list(ListOp.DELETE_SLICE, "deleteSlice");
        list(ListOp.REVERSE, "reverse");
        list(ListOp.SORT, "sort");
        list(ListOp.REPEAT, "repeat");
        list(ListOp.COMPARE_AND_SET, "compareAndSet");
        list(ListOp.SNAPSHOT, "snapshot");
        blockingOnly(
                ListOp.REPLACE_IF_VERSION,
                by(ListProxy.class, "replaceAll", "removeIf", "sort"),
                "the loops around it run functions of the caller");
        blockingOnly(ListOp.REMOVE_NEAR, by(ListProxy.class, "listIterator"), "an iterator blocks");
        blockingOnly(ListOp.SET_NEAR, by(ListProxy.class, "listIterator"), "an iterator blocks");

        namespace(NamespaceOp.GET, "get");
        namespace(NamespaceOp.SET, "set");
        namespace(NamespaceOp.DELETE, "delete");
        blockingOnly(NamespaceOp.CONTAINS, by(NamespaceProxy.class, "has"), "get and names tell the same");
        namespace(NamespaceOp.NAMES, "names");
        namespace(NamespaceOp.COMPARE_AND_SET, "compareAndSet");
        namespace(NamespaceOp.ADD, "add");
        namespace(NamespaceOp.SNAPSHOT, "snapshot");

        row(QueueOp.PUT, by(QueueProxy.class, "put", "offer"), by(AsyncQueue.class, "put", "offer"));
        row(QueueOp.TAKE, by(QueueProxy.class, "take", "get", "poll"), by(AsyncQueue.class, "take", "poll"));
        queue(QueueOp.ADD_ALL, "addAll");
        row(QueueOp.DRAIN, by(QueueProxy.class, "drainTo"), by(AsyncQueue.class, "drain"));
        row(QueueOp.DRAIN_DELIVERIES, by(QueueProxy.class, "drainTo"), by(AsyncQueue.class, "drain"));
        queue(QueueOp.PEEK, "peek");
        queue(QueueOp.SIZE, "size");
        queue(QueueOp.REMAINING_CAPACITY, "remainingCapacity");
        queue(QueueOp.CONTAINS, "contains");
        queue(QueueOp.REMOVE_VALUE, "remove");
        queue(QueueOp.REMOVE_ALL, "removeAll");
        queue(QueueOp.RETAIN_ALL, "retainAll");
        queue(QueueOp.CLEAR, "clear");
        row(QueueOp.SLICE, by(QueueProxy.class, "snapshot", "iterator"), by(AsyncQueue.class, "snapshot"));
        row(QueueOp.TASK_DONE, by(JoinableQueueProxy.class, "taskDone"), by(JoinableQueueProxy.class, "taskDoneAsync"));
        row(QueueOp.JOIN, by(JoinableQueueProxy.class, "join"), by(JoinableQueueProxy.class, "joinAsync"));
        row(
                QueueOp.TAKE_DELIVERY,
                by(JoinableQueueProxy.class, "takeDelivery"),
                by(JoinableQueueProxy.class, "takeDeliveryAsync"));
        row(QueueOp.DONE, by(JoinableQueueProxy.class, "done"), by(JoinableQueueProxy.class, "doneAsync"));
        blockingOnly(QueueOp.CONFIGURE, by(JoinableQueueProxy.class, "configure"), "called once");
        blockingOnly(QueueOp.IN_PROGRESS, by(JoinableQueueProxy.class, "inProgress"), "for looking on");
        queue(QueueOp.SHUTDOWN, "shutdown");
        queue(QueueOp.IS_SHUTDOWN, "isShutdown");
        blockingOnly(QueueOp.REMOVE_NEAR, by(QueueProxy.class, "iterator"), "an iterator blocks");
        blockingOnly(QueueOp.UNFINISHED, by(JoinableQueueProxy.class, "unfinished"), "joinAsync tells when it is none");

        row(
                LockOp.ACQUIRE,
                by(LockProxy.class, "lock", "lockInterruptibly", "tryLock"),
                by(AsyncLock.class, "lock", "tryLock", "hold"));
        row(LockOp.RELEASE, by(LockProxy.class, "unlock"), by(AsyncLock.class, "unlock"));
        row(LockOp.IS_LOCKED, by(LockProxy.class, "isLocked"), by(AsyncLock.class, "isLocked"));
        row(
                LockOp.HOLD_COUNT,
                by(LockProxy.class, "getHoldCount", "isHeldByCurrentThread"),
                by(AsyncLock.class, "getHoldCount"));
        row(LockOp.TOKEN, by(LockProxy.class, "fencingToken"), by(AsyncLock.class, "fencingToken"));
        row(LockOp.CHECK, by(LockProxy.class, "isCurrent"), by(AsyncLock.class, "isCurrent"));
        row(LockOp.QUEUE_LENGTH, by(LockProxy.class, "getQueueLength"), by(AsyncLock.class, "getQueueLength"));
        row(LockOp.AWAIT, by(LockProxy.class, "newCondition", "condition"), by(AsyncLock.class, "await"));
        row(LockOp.SIGNAL, by(LockProxy.class, "newCondition", "condition"), by(AsyncLock.class, "signal"));
        Class<?> value = ValueProxy.class;
        Class<?> asyncValue = AsyncValue.class;
        row(ValueOp.GET, by(value, "get"), by(asyncValue, "get"));
        row(ValueOp.SET, by(value, "set"), by(asyncValue, "set"));
        row(ValueOp.GET_AND_SET, by(value, "getAndSet"), by(asyncValue, "getAndSet"));
        row(ValueOp.COMPARE_AND_SET, by(value, "compareAndSet", "update"), by(asyncValue, "compareAndSet"));
        row(ValueOp.ADD, by(value, "addAndGet"), by(asyncValue, "addAndGet"));
        blockingOnly(ValueOp.CODE, by(value, "typeCodeSymbol"), "for looking on");
        blockingOnly(ValueOp.LOCK, by(value, "getLock"), "asked for once");
        Class<?> array = ArrayProxy.class;
        Class<?> asyncArray = AsyncArray.class;
        row(ArrayOp.GET, by(array, "get"), by(asyncArray, "get"));
        row(ArrayOp.SET, by(array, "set"), by(asyncArray, "set"));
        row(ArrayOp.SIZE, by(array, "length"), by(asyncArray, "length"));
        row(ArrayOp.SLICE, by(array, "slice", "getAll", "iterator"), by(asyncArray, "getAll"));
        row(ArrayOp.SET_SLICE, by(array, "setSlice", "setAll"), by(asyncArray, "setAll"));
        row(ArrayOp.ADD, by(array, "addAndGet"), by(asyncArray, "addAndGet"));
        row(ArrayOp.COMPARE_AND_SET, by(array, "compareAndSet"), by(asyncArray, "compareAndSet"));
        blockingOnly(ArrayOp.CODE, by(array, "typeCodeSymbol"), "for looking on");
        blockingOnly(ArrayOp.LOCK, by(array, "getLock"), "asked for once");
        Class<?> set = SetProxy.class;
        Class<?> asyncSet = AsyncSet.class;
        row(SetOp.ADD, by(set, "add"), by(asyncSet, "add"));
        row(SetOp.ADD_ALL, by(set, "addAll"), by(asyncSet, "addAll"));
        row(SetOp.REMOVE, by(set, "remove", "removeIf"), by(asyncSet, "remove"));
        row(SetOp.REMOVE_ALL, by(set, "removeAll"), by(asyncSet, "removeAll"));
        row(SetOp.RETAIN_ALL, by(set, "retainAll"), by(asyncSet, "retainAll"));
        row(SetOp.CONTAINS, by(set, "contains"), by(asyncSet, "contains"));
        row(SetOp.CONTAINS_ALL, by(set, "containsAll"), by(asyncSet, "containsAll"));
        row(SetOp.SIZE, by(set, "size", "isEmpty"), by(asyncSet, "size"));
        row(SetOp.POP, by(set, "pop"), by(asyncSet, "pop"));
        row(SetOp.CLEAR, by(set, "clear"), by(asyncSet, "clear"));
        row(SetOp.SNAPSHOT, by(set, "snapshot", "toArray"), by(asyncSet, "snapshot"));
        blockingOnly(SetOp.CHUNK, by(set, "iterator"), "an iterator blocks");
        row(CounterOp.GET, by(CounterProxy.class, "get"), by(AsyncCounter.class, "get"));
        row(CounterOp.SET, by(CounterProxy.class, "set"), by(AsyncCounter.class, "set"));
        row(
                CounterOp.ADD,
                by(
                        CounterProxy.class,
                        "addAndGet",
                        "getAndAdd",
                        "incrementAndGet",
                        "decrementAndGet",
                        "getAndIncrement"),
                by(AsyncCounter.class, "addAndGet"));
        row(CounterOp.GET_AND_SET, by(CounterProxy.class, "getAndSet"), by(AsyncCounter.class, "getAndSet"));
        row(
                CounterOp.COMPARE_AND_SET,
                by(CounterProxy.class, "compareAndSet"),
                by(AsyncCounter.class, "compareAndSet"));
        blockingOnly(IteratorOp.NEXT, by(IteratorProxy.class, "next", "hasNext", "nextAsync"), "nextAsync is one");
        row(EventOp.SET, by(EventProxy.class, "set"), by(AsyncEvent.class, "set"));
        row(EventOp.CLEAR, by(EventProxy.class, "clear"), by(AsyncEvent.class, "clear"));
        row(EventOp.IS_SET, by(EventProxy.class, "isSet"), by(AsyncEvent.class, "isSet"));
        row(EventOp.AWAIT, by(EventProxy.class, "await"), by(AsyncEvent.class, "await"));
        blockingOnly(ConditionOp.LOCK, by(ConditionProxy.class, "lock"), "asked for once; AsyncLock has the rest");
        blockingOnly(ConditionOp.WAITERS, by(ConditionProxy.class, "getWaitQueueLength"), "for looking on");
        row(
                SemaphoreOp.ACQUIRE,
                by(SemaphoreProxy.class, "acquire", "tryAcquire", "acquireUninterruptibly"),
                by(AsyncSemaphore.class, "acquire", "tryAcquire"));
        row(SemaphoreOp.RELEASE, by(SemaphoreProxy.class, "release"), by(AsyncSemaphore.class, "release"));
        row(
                SemaphoreOp.AVAILABLE,
                by(SemaphoreProxy.class, "availablePermits"),
                by(AsyncSemaphore.class, "availablePermits"));
        row(SemaphoreOp.DRAIN, by(SemaphoreProxy.class, "drainPermits"), by(AsyncSemaphore.class, "drainPermits"));
        row(SemaphoreOp.HELD, by(SemaphoreProxy.class, "getHeldPermits"), by(AsyncSemaphore.class, "getHeldPermits"));
        row(
                SemaphoreOp.QUEUE_LENGTH,
                by(SemaphoreProxy.class, "getQueueLength"),
                by(AsyncSemaphore.class, "getQueueLength"));
        row(BarrierOp.AWAIT, by(BarrierProxy.class, "await"), by(AsyncBarrier.class, "await"));
        row(BarrierOp.RESET, by(BarrierProxy.class, "reset"), by(AsyncBarrier.class, "reset"));
        row(BarrierOp.ABORT, by(BarrierProxy.class, "abort"), by(AsyncBarrier.class, "abort"));
        blockingOnly(BarrierOp.PARTIES, by(BarrierProxy.class, "getParties"), "asked for once");
        row(BarrierOp.WAITING, by(BarrierProxy.class, "getNumberWaiting"), by(AsyncBarrier.class, "getNumberWaiting"));
        row(BarrierOp.IS_BROKEN, by(BarrierProxy.class, "isBroken"), by(AsyncBarrier.class, "isBroken"));
        row(LatchOp.COUNT_DOWN, by(CountDownLatchProxy.class, "countDown"), by(AsyncCountDownLatch.class, "countDown"));
        row(LatchOp.COUNT, by(CountDownLatchProxy.class, "getCount"), by(AsyncCountDownLatch.class, "getCount"));
        row(LatchOp.AWAIT, by(CountDownLatchProxy.class, "await"), by(AsyncCountDownLatch.class, "await"));
        String hosts = "for hosts: Manager.register";
        blockingOnly(ServiceOp.HOST, by(Manager.class, "register"), hosts);
        blockingOnly(ServiceOp.NEXT, by(Manager.class, "register"), hosts);
        blockingOnly(ServiceOp.ANSWER, by(Manager.class, "register"), hosts);
        blockingOnly(ServiceOp.METHODS, by(ServiceProxy.class, "methods"), "for looking on");
        blockingOnly(InstanceOp.CALL, by(InstanceProxy.class, "call", "callAsync"), "callAsync is one");
        blockingOnly(InstanceOp.SERVICE, by(InstanceProxy.class, "service"), "for looking on");
        blockingOnly(ManagerOp.LOCKS, by(Manager.class, "locks", "deadlocks"), "for looking on");
        blockingOnly(ManagerOp.FORCE_RELEASE, by(Manager.class, "forceRelease"), "for operators");
        blockingOnly(ManagerOp.KEYS, by(Manager.class, "keys"), "for operators");
        blockingOnly(ManagerOp.RELOAD_KEYS, by(Manager.class, "reloadKeys"), "for operators");
        blockingOnly(ManagerOp.END_SESSIONS, by(Manager.class, "endSessions"), "for operators");
        blockingOnly(ManagerOp.BEGIN_BACKUP, by(Manager.class, "beginBackup"), "for operators");
        blockingOnly(ManagerOp.READ_BACKUP, by(Backup.class, "read"), "for operators");
        blockingOnly(ManagerOp.CLUSTER, by(Manager.class, "cluster"), "for operators");
        blockingOnly(ManagerOp.ADD_NODE, by(Manager.class, "addNode"), "for operators");
        blockingOnly(ManagerOp.REMOVE_NODE, by(Manager.class, "removeNode"), "for operators");
        blockingOnly(ManagerOp.TRANSFER_LEADERSHIP, by(Manager.class, "transferLeadership"), "for operators");
        Class<?> rw = ReadWriteLockProxy.class;
        Class<?> asyncRw = AsyncReadWriteLock.class;
        row(RwLockOp.ACQUIRE_READ, by(rw, "readLock", "tryReadLock"), by(asyncRw, "readLock", "tryReadLock"));
        row(RwLockOp.ACQUIRE_WRITE, by(rw, "writeLock", "tryWriteLock"), by(asyncRw, "writeLock", "tryWriteLock"));
        row(RwLockOp.RELEASE_READ, by(rw, "readLock"), by(asyncRw, "unlockRead"));
        row(RwLockOp.RELEASE_WRITE, by(rw, "writeLock"), by(asyncRw, "unlockWrite"));
        blockingOnly(RwLockOp.HOLDS, by(rw, "getReadHoldCount", "getWriteHoldCount"), "for looking on");
        blockingOnly(RwLockOp.TOKEN, by(rw, "fencingToken"), "writeLock() gives it");
        blockingOnly(RwLockOp.STATE, by(rw, "getReadLockCount", "isWriteLocked", "getQueueLength"), "for looking on");
    }

    private static void dict(Op op, String method) {
        row(op, by(DictProxy.class, method), by(AsyncDict.class, method));
    }

    private static void list(Op op, String method) {
        list(op, by(ListProxy.class, method), method);
    }

    private static void list(Op op, Reach blocking, String method) {
        row(op, blocking, by(AsyncList.class, method));
    }

    private static void namespace(Op op, String method) {
        row(op, by(NamespaceProxy.class, method), by(NamespaceProxy.Async.class, method));
    }

    private static void queue(Op op, String method) {
        row(op, by(QueueProxy.class, method), by(AsyncQueue.class, method));
    }

    private static Set<String> declared(Class<?> type) {
        Set<String> inherited = type.getSuperclass() == null || type.getSuperclass() == Object.class
                ? Set.of()
                : declared(type.getSuperclass());
        return Stream.concat(
                        inherited.stream(),
                        Arrays.stream(type.getDeclaredMethods())
                                .filter(m -> (m.getModifiers() & java.lang.reflect.Modifier.PUBLIC) != 0)
                                .filter(m -> !m.isSynthetic())
                                .map(Method::getName))
                .collect(Collectors.toSet());
    }

    private static List<String> missing(Map<Op, Reach> table) {
        List<String> missing = new ArrayList<>();
        table.forEach((op, reach) -> {
            for (String method : reach.methods) {
                if (!declared(reach.type).contains(method)) {
                    missing.add(op.wireName() + ": " + reach.type.getSimpleName() + "." + method);
                }
            }
        });
        return missing;
    }

    private static Set<Op> rows() {
        Set<Op> all = new HashSet<>(OpTable.all());
        assertTrue(all.removeAll(PYTHON_ONLY.keySet()));
        return all;
    }

    @Test
    void everyRowIsReachable() {
        assertEquals(names(rows()), names(BLOCKING.keySet()));
        assertEquals(List.of(), missing(BLOCKING));
    }

    @Test
    void everyRowHasAFutureOrAReason() {
        Set<String> covered = names(ASYNC.keySet());
        covered.addAll(names(NO_FUTURE.keySet()));
        assertEquals(names(rows()), covered);
        assertEquals(List.of(), missing(ASYNC));
        for (Op op : NO_FUTURE.keySet()) {
            assertTrue(!ASYNC.containsKey(op), () -> op.wireName() + " has a future: its reason is stale");
        }
        for (Reach reach : ASYNC.values()) {
            for (Method m : reach.type.getDeclaredMethods()) {
                if (reach.methods.contains(m.getName()) && !m.isSynthetic()) {
                    assertEquals(CompletableFuture.class, m.getReturnType(), m::toString);
                }
            }
        }
    }

    /** No public method of the asynchronous classes is outside of the table above. */
    @Test
    void nothingIsForgotten() {
        for (Class<?> type : List.of(
                AsyncDict.class,
                AsyncList.class,
                AsyncQueue.class,
                AsyncLock.class,
                NamespaceProxy.Async.class,
                AsyncValue.class,
                AsyncArray.class,
                AsyncSet.class,
                AsyncCounter.class,
                AsyncEvent.class,
                AsyncSemaphore.class,
                AsyncBarrier.class,
                AsyncCountDownLatch.class,
                AsyncReadWriteLock.class)) {
            Set<String> known = ASYNC.values().stream()
                    .filter(r -> r.type == type)
                    .flatMap(r -> r.methods.stream())
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(known, new TreeSet<>(declared(type)), type.getSimpleName());
        }
        assertTrue(
                declared(SimpleQueueProxy.class).containsAll(List.of("put", "get", "isEmpty", "putAsync", "getAsync")));
    }

    private static Set<String> names(Set<Op> ops) {
        return ops.stream().map(Op::wireName).collect(Collectors.toCollection(TreeSet::new));
    }
}
