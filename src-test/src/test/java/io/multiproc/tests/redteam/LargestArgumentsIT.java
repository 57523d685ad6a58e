package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.op.Arg;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.SetOp;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Values;
import io.multiproc.tests.fixtures.TestServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every operation of the table with the largest and most expensive arguments, while another client measures its round trips. */
@Tag("alone")
@Tag("once")
@Timeout(900)
class LargestArgumentsIT {
    private static final boolean WHOLE = Boolean.getBoolean("redteam.whole");
    /** As large as a frame takes; a fraction of it shows all that costs more than linear time. */
    private static final int BYTES = WHOLE ? 60 << 20 : 2 << 20;

    private static final int ELEMENTS = WHOLE ? 1_000_000 : 100_000;
    /** How long one command may keep the server's thread, in milliseconds of a processor. */
    private static final long MOST = 2_000;
    /** What nobody may be kept waiting, however busy the machine is with other things. */
    private static final long LONGEST = 20_000;

    private final LargestValues values = new LargestValues(BYTES);
    private final List<String> slow = new ArrayList<>();

    @Test
    void nobodyElseIsStopped() throws Exception {
        try (TestServer server = TestServer.start();
                Bystander bystander = new Bystander(server.connect());
                Intruder intruder = Intruder.toNative(server.uri(), server.key())) {
            long longest = 0;
            for (ObjectType type : ObjectType.values()) {
                for (Op op : type.operations()) {
                    attack(intruder, type, op);
                }
                longest = Math.max(longest, bystander.report(type.wireName()));
            }
            for (Op op : ManagerOp.values()) {
                if (op != ManagerOp.SHUTDOWN) {
                    attack(intruder, null, op);
                }
            }
            for (ObjectType type : ObjectType.values()) {
                for (byte[] content : values.of(DictOp.SET.spec().args().get(1))) {
                    long before = Bystander.loopMillis();
                    boolean unused = intruder.invoke(
                            ManagerOp.CREATE,
                            0,
                            Values.ofText(type.wireName()),
                            Values.container(io.multiproc.protocol.wire.Tag.LIST, List.of(content)));
                    note("a " + type.wireName(), Bystander.loopMillis() - before, intruder);
                }
            }
            longest = Math.max(longest, bystander.report("manager"));
            assertEquals(List.of(), slow);
            assertTrue(longest < LONGEST, longest + " ms");
        }
    }

    private void attack(Intruder intruder, @Nullable ObjectType type, Op op) throws IOException {
        List<Arg> args = op.spec().args();
        int variants = 1;
        for (Arg arg : args) {
            variants = Math.max(variants, values.of(arg).size());
        }
        long object = type == null ? 0 : filled(intruder, type);
        for (int variant = 0; variant < variants; variant++) {
            byte[][] given = new byte[args.size()][];
            long size = 0;
            for (int i = 0; i < given.length; i++) {
                List<byte[]> all = values.of(args.get(i));
                given[i] = all.get(variant % all.size());
                size += given[i].length;
            }
            for (int i = 0; i < given.length - 1 && size > BYTES + BYTES / 16; i++) {
                // both do not fit a frame
                List<byte[]> all = values.of(args.get(i));
                size += all.get(all.size() - 1).length - given[i].length;
                given[i] = all.get(all.size() - 1);
            }
            long before = Bystander.loopMillis();
            boolean unused = intruder.invoke(op, object, given);
            note(op.wireName() + " with variant " + variant, Bystander.loopMillis() - before, intruder);
        }
        if (object != 0) {
            // what is left would fill the heap
            boolean unused = intruder.invoke(
                    ManagerOp.RELEASE,
                    0,
                    Values.container(
                            io.multiproc.protocol.wire.Tag.DICT,
                            List.of(Values.ofInteger(object), Values.ofInteger(1_000))));
        }
    }

    private void note(String what, long millis, Intruder intruder) {
        String said = intruder.said();
        if (millis > MOST / 4) {
            System.out.println("  " + what + ": " + millis + " ms of the server, "
                    + said.substring(0, Math.min(said.length(), 100)));
        }
        if (millis > MOST) {
            slow.add(what + ": " + millis + " ms");
        }
    }

    /** An object with many elements. */
    private static long filled(Intruder intruder, ObjectType type) throws IOException {
        long object =
                switch (type) {
                    case VALUE -> intruder.make("value", Values.ofText("i"), Values.ofInteger(1));
                    case ARRAY -> intruder.make("array", Values.ofText("d"), Values.ofInteger(ELEMENTS));
                    case SEMAPHORE, BOUNDED_SEMAPHORE, COUNT_DOWN_LATCH, BARRIER -> intruder.make(
                            type.wireName(), Values.ofInteger(2));
                    case ITERATOR -> intruder.make(
                            "iterator", Values.ofRef(ObjectType.DICT.code(), filled(intruder, ObjectType.DICT)));
                    case INSTANCE -> intruder.make(
                            "instance", Values.ofRef(ObjectType.SERVICE.code(), intruder.make("service")));
                    default -> intruder.make(type.wireName());
                };
        Random random = new Random(19);
        Op fill =
                switch (type) {
                    case LIST -> ListOp.ADD_ALL;
                    case SET -> SetOp.ADD_ALL;
                    case DICT -> DictOp.PUT_ALL;
                    case QUEUE, JOINABLE_QUEUE, PRIORITY_QUEUE -> QueueOp.ADD_ALL;
                    default -> null;
                };
        if (fill != null) {
            boolean dict = fill == DictOp.PUT_ALL;
            ByteWriter out = new ByteWriter();
            int mark = out.begin(dict ? io.multiproc.protocol.wire.Tag.DICT : io.multiproc.protocol.wire.Tag.LIST);
            int n = type == ObjectType.PRIORITY_QUEUE ? ELEMENTS / 10 : ELEMENTS;
            for (int i = 0; i < n; i++) {
                out.integer(dict ? i : random.nextInt());
                if (dict) {
                    out.integer(i);
                }
            }
            boolean unused = intruder.invoke(fill, object, out.end(mark, n).toByteArray());
            assertTrue(intruder.said().equals("done"), intruder::said);
        }
        return object;
    }
}
