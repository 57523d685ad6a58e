package io.multiproc.jmh;

import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A queue and a lock: what is answered at once, and what is parked and answered by another request. */
public class Waiting extends Settings {
    private static final byte[] FOREVER = Values.ofInteger(-1);

    /** A queue of a hundred items. */
    @State(Scope.Thread)
    public static class Items {
        private final Machine machine = new Machine();
        private final long queue = machine.make(ObjectType.QUEUE);
        private final Args put = Args.of(QueueOp.PUT, Values.ofText("v".repeat(100)), FOREVER);
        private final Args take = Args.of(QueueOp.TAKE, FOREVER);

        @Setup
        public void fill() {
            for (int i = 0; i < 100; i++) {
                machine.done(queue, QueueOp.PUT, put);
            }
        }
    }

    /** A lock that somebody holds while so many others wait, in the order of their numbers. */
    @State(Scope.Thread)
    public static class Crowd {
        @Param({"1", "1000"})
        public int waiters;

        private final Machine machine = new Machine();
        private final long lock = machine.make(ObjectType.LOCK);
        private Args[] acquires = new Args[0];
        private Args[] releases = new Args[0];
        private int holder;

        @Setup
        public void crowd() {
            acquires = new Args[waiters + 1];
            releases = new Args[waiters + 1];
            for (int i = 0; i <= waiters; i++) {
                acquires[i] = Args.of(LockOp.ACQUIRE, Values.ofInteger(i + 1), FOREVER);
                releases[i] = Args.of(LockOp.RELEASE, Values.ofInteger(i + 1));
                if (machine.apply(lock, acquires[i], LockOp.ACQUIRE) == null == (i == 0)) {
                    throw new IllegalStateException("holder " + i);
                }
            }
        }
    }

    /** A lock that nobody else wants. */
    @State(Scope.Thread)
    public static class Alone {
        private final Machine machine = new Machine();
        private final long lock = machine.make(ObjectType.LOCK);
        private final Args acquire = Args.of(LockOp.ACQUIRE, Values.ofInteger(1), FOREVER);
        private final Args release = Args.of(LockOp.RELEASE, Values.ofInteger(1));
    }

    @Benchmark
    public Reply queuePutAndTake(Items q) {
        q.machine.done(q.queue, QueueOp.PUT, q.put);
        Reply item = q.machine.done(q.queue, QueueOp.TAKE, q.take);
        q.machine.acknowledge();
        return item;
    }

    @Benchmark
    public Reply lockAndUnlock(Alone l) {
        l.machine.done(l.lock, LockOp.ACQUIRE, l.acquire);
        return l.machine.done(l.lock, LockOp.RELEASE, l.release);
    }

    /** The holder hands the lock to the first of the waiters and joins them at their end. */
    @Benchmark
    public long handOver(Crowd c) {
        long before = c.machine.completed();
        c.machine.done(c.lock, LockOp.RELEASE, c.releases[c.holder]);
        c.machine.apply(c.lock, c.acquires[c.holder], LockOp.ACQUIRE);
        c.holder = c.holder == c.waiters ? 0 : c.holder + 1;
        if (c.machine.completed() != before + 1) {
            throw new IllegalStateException("nobody got the lock");
        }
        return before;
    }
}
