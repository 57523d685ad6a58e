package io.multiproc.protocol.op;

/** A row of the operation table. Each permitted enum is the table of one kind of object. */
public sealed interface Op
        permits ManagerOp,
                DictOp,
                ListOp,
                NamespaceOp,
                QueueOp,
                LockOp,
                ValueOp,
                ArrayOp,
                SetOp,
                CounterOp,
                IteratorOp,
                EventOp,
                ConditionOp,
                SemaphoreOp,
                BarrierOp,
                LatchOp,
                RwLockOp,
                ServiceOp,
                InstanceOp {
    OpSpec spec();

    /** The constant's name, for logs. */
    String name();

    default int code() {
        return spec().code();
    }

    default String wireName() {
        return spec().wireName();
    }

    default boolean has(Flag flag) {
        return spec().has(flag);
    }
}
