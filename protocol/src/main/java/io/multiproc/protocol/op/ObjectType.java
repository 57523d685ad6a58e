package io.multiproc.protocol.op;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kinds of shared objects. The wire name is the type id that the command line and {@code manager.create} use. */
public enum ObjectType {
    DICT(1, "dict", DictOp.values()),
    LIST(2, "list", ListOp.values()),
    NAMESPACE(3, "namespace", NamespaceOp.values()),
    QUEUE(4, "queue", QueueOp.values()),
    JOINABLE_QUEUE(5, "joinable_queue", QueueOp.values()),
    SIMPLE_QUEUE(6, "simple_queue", QueueOp.values()),
    LOCK(7, "lock", LockOp.values()),
    RLOCK(8, "rlock", LockOp.values()),
    VALUE(9, "value", ValueOp.values()),
    ARRAY(10, "array", ArrayOp.values()),
    SET(11, "set", SetOp.values()),
    COUNTER(12, "counter", CounterOp.values()),
    PRIORITY_QUEUE(13, "priority_queue", QueueOp.values()),
    ITERATOR(14, "iterator", IteratorOp.values()),
    EVENT(15, "event", EventOp.values()),
    CONDITION(16, "condition", ConditionOp.values()),
    SEMAPHORE(17, "semaphore", SemaphoreOp.values()),
    BOUNDED_SEMAPHORE(18, "bounded_semaphore", SemaphoreOp.values()),
    BARRIER(19, "barrier", BarrierOp.values()),
    COUNT_DOWN_LATCH(20, "count_down_latch", LatchOp.values()),
    READ_WRITE_LOCK(21, "read_write_lock", RwLockOp.values()),
    SERVICE(22, "service", ServiceOp.values()),
    INSTANCE(23, "instance", InstanceOp.values());

    private static final Map<String, ObjectType> BY_NAME = new HashMap<>();
    private static final ObjectType[] BY_CODE = new ObjectType[256];

    static {
        for (ObjectType type : values()) {
            BY_NAME.put(type.wireName, type);
            BY_CODE[type.code] = type;
        }
    }

    private final int code;
    private final String wireName;
    private final List<Op> operations;
    private final Class<?> rows;

    ObjectType(int code, String wireName, Op[] operations) {
        this.code = code;
        this.wireName = wireName;
        this.operations = List.of(operations);
        rows = ((Enum<?>) operations[0]).getDeclaringClass();
    }

    /** The number in a reference; never reused. */
    public int code() {
        return code;
    }

    public String wireName() {
        return wireName;
    }

    /** The rows of this type's operations; types of one kind have the same. */
    public List<Op> operations() {
        return operations;
    }

    /** Whether an operation is one of this type's. */
    public boolean has(Op op) {
        return op instanceof Enum<?> row && row.getDeclaringClass() == rows;
    }

    public static @Nullable ObjectType named(String wireName) {
        return BY_NAME.get(wireName);
    }

    public static @Nullable ObjectType coded(int code) {
        return code < 0 || code > 255 ? null : BY_CODE[code];
    }
}
