package io.multiproc.protocol.op;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kinds of shared objects. The wire name is the type id that the command line and {@code manager.create} use. */
public enum ObjectType {
    DICT(1, "dict", DictOp.class),
    LIST(2, "list", ListOp.class),
    NAMESPACE(3, "namespace", NamespaceOp.class),
    QUEUE(4, "queue", QueueOp.class),
    JOINABLE_QUEUE(5, "joinable_queue", QueueOp.class),
    SIMPLE_QUEUE(6, "simple_queue", QueueOp.class),
    LOCK(7, "lock", LockOp.class),
    RLOCK(8, "rlock", LockOp.class),
    VALUE(9, "value", ValueOp.class),
    ARRAY(10, "array", ArrayOp.class),
    SET(11, "set", SetOp.class),
    COUNTER(12, "counter", CounterOp.class),
    PRIORITY_QUEUE(13, "priority_queue", QueueOp.class),
    ITERATOR(14, "iterator", IteratorOp.class),
    EVENT(15, "event", EventOp.class),
    CONDITION(16, "condition", ConditionOp.class),
    SEMAPHORE(17, "semaphore", SemaphoreOp.class),
    BOUNDED_SEMAPHORE(18, "bounded_semaphore", SemaphoreOp.class),
    BARRIER(19, "barrier", BarrierOp.class),
    COUNT_DOWN_LATCH(20, "count_down_latch", LatchOp.class),
    READ_WRITE_LOCK(21, "read_write_lock", RwLockOp.class),
    SERVICE(22, "service", ServiceOp.class),
    INSTANCE(23, "instance", InstanceOp.class);

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
    private final Class<? extends Op> operations;

    ObjectType(int code, String wireName, Class<? extends Op> operations) {
        this.code = code;
        this.wireName = wireName;
        this.operations = operations;
    }

    /** The number in a reference; never reused. */
    public int code() {
        return code;
    }

    public String wireName() {
        return wireName;
    }

    /** The table of this type's operations. */
    public Class<? extends Op> operations() {
        return operations;
    }

    public static @Nullable ObjectType named(String wireName) {
        return BY_NAME.get(wireName);
    }

    public static @Nullable ObjectType coded(int code) {
        return code < 0 || code > 255 ? null : BY_CODE[code];
    }
}
