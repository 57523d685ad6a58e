package io.multiproc.tests.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.state.SharedState;
import io.multiproc.tests.fixtures.Heap;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The state itself, without sockets, so that nothing else is counted. */
@org.junit.jupiter.api.Tag("jdk")
@Timeout(120)
class MemoryIT {
    private static final int ENTRIES = 1_000_000;
    private static final int VALUE_BYTES = 100;
    private static final int MOST_PER_ENTRY = 250;

    private final SharedState state = new SharedState();
    private long index; // the first command opens session 1

    private Reply apply(Command command) {
        index++;
        return state.apply(new Entry(1, 1, index, command), (session, request, reply) -> {});
    }

    private static byte[] key(int i) {
        return Values.ofText(String.format(Locale.ROOT, "k%07d", i));
    }

    @Test
    void aMillionEntries() {
        apply(new Command.SessionOpened("memory", ""));
        Reply made = apply(new Command.Invoke(
                ManagerOp.OPEN,
                0,
                Args.of(
                        ManagerOp.OPEN,
                        Values.ofText("dict"),
                        Values.ofText("d"),
                        Values.container(Tag.LIST, List.of()))));
        assertNotNull(made);
        assertNull(made.error());
        long dict = Values.refId(made.value(), 0);
        long before = Heap.usedAfterCollection();
        for (int i = 0; i < ENTRIES; i++) {
            byte[] body = new byte[VALUE_BYTES];
            body[0] = (byte) i;
            byte[] value = new ByteWriter(VALUE_BYTES + 2)
                    .tag(Tag.BYTES)
                    .varint(VALUE_BYTES)
                    .raw(body)
                    .toByteArray();
            Reply reply = apply(new Command.Invoke(DictOp.SET, dict, Args.of(DictOp.SET, key(i), value)));
            assertNotNull(reply);
            assertNull(reply.error());
        }
        long each = (Heap.usedAfterCollection() - before) / ENTRIES;
        System.out.println("MemoryIT: " + each + " bytes of heap for each entry of " + ENTRIES
                + ", of which 110 are the texts of the key and the value");
        Reply size = apply(new Command.Invoke(DictOp.SIZE, dict, Args.of(DictOp.SIZE)));
        assertNotNull(size);
        assertEquals(ENTRIES, Values.integer(size.value(), 0));
        assertTrue(each <= MOST_PER_ENTRY, () -> each + " bytes for each entry");
        assertTrue(each >= 100, () -> "measured wrongly: " + each);
    }
}
