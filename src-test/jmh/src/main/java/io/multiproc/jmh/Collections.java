package io.multiproc.jmh;

import io.multiproc.protocol.op.CounterOp;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import java.util.Locale;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A dict, a list and a counter as the server's writer drives them; arguments are checked already. */
public class Collections extends Settings {
    private static final byte[] VALUE = Values.ofText("v".repeat(100));

    /** A dict of so many entries; the keys that are asked for are spread over it. */
    @State(Scope.Thread)
    public static class Dict {
        private static final int ASKED = 1024;

        @Param({"1000", "100000"})
        public int entries;

        private final Machine machine = new Machine();
        private final Args[] gets = new Args[ASKED];
        private final Args[] sets = new Args[ASKED];
        private long dict;
        private int next;

        @Setup
        public void fill() {
            dict = machine.make(ObjectType.DICT);
            for (int i = 0; i < entries; i++) {
                machine.done(dict, DictOp.SET, Args.of(DictOp.SET, key(i), VALUE));
            }
            for (int i = 0; i < ASKED; i++) {
                byte[] key = key((int) (i * 7_919L % entries));
                gets[i] = Args.of(DictOp.GET, key);
                sets[i] = Args.of(DictOp.SET, key, VALUE);
            }
        }

        private static byte[] key(int i) {
            return Values.ofText(String.format(Locale.ROOT, "k%07d", i));
        }
    }

    /** A list of so many elements. */
    @State(Scope.Thread)
    public static class Elements {
        @Param({"1000", "100000"})
        public int elements;

        private final Machine machine = new Machine();
        private final Args[] inserts = new Args[3];
        private final Args[] removes = new Args[3];
        private Args get = Args.of(ListOp.GET, Values.ofInteger(0));
        private long list;

        @Setup
        public void fill() {
            list = machine.make(ObjectType.LIST);
            Args add = Args.of(ListOp.ADD, VALUE);
            for (int i = 0; i < elements; i++) {
                machine.done(list, ListOp.ADD, add);
            }
            int[] places = {0, elements / 2, elements};
            for (int i = 0; i < places.length; i++) {
                inserts[i] = Args.of(ListOp.ADD_AT, Values.ofInteger(places[i]), VALUE);
                removes[i] = Args.of(ListOp.REMOVE_AT, Values.ofInteger(places[i]));
            }
            get = Args.of(ListOp.GET, Values.ofInteger(elements / 3));
        }

        private Reply insertAndRemove(int place) {
            machine.done(list, ListOp.ADD_AT, inserts[place]);
            return machine.done(list, ListOp.REMOVE_AT, removes[place]);
        }
    }

    /** A counter. */
    @State(Scope.Thread)
    public static class Count {
        private final Machine machine = new Machine();
        private final long counter = machine.make(ObjectType.COUNTER);
        private final Args one = Args.of(CounterOp.ADD, Values.ofInteger(1));
    }

    @Benchmark
    public Reply dictGet(Dict d) {
        return d.machine.done(d.dict, DictOp.GET, d.gets[d.next++ & Dict.ASKED - 1]);
    }

    @Benchmark
    public Reply dictSet(Dict d) {
        return d.machine.done(d.dict, DictOp.SET, d.sets[d.next++ & Dict.ASKED - 1]);
    }

    @Benchmark
    public Reply listGet(Elements l) {
        return l.machine.done(l.list, ListOp.GET, l.get);
    }

    @Benchmark
    public Reply listInsertAndRemoveFirst(Elements l) {
        return l.insertAndRemove(0);
    }

    @Benchmark
    public Reply listInsertAndRemoveInTheMiddle(Elements l) {
        return l.insertAndRemove(1);
    }

    @Benchmark
    public Reply listInsertAndRemoveLast(Elements l) {
        return l.insertAndRemove(2);
    }

    @Benchmark
    public Reply counterAdd(Count c) {
        return c.machine.done(c.counter, CounterOp.ADD, c.one);
    }
}
