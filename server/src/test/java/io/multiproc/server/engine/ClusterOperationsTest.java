package io.multiproc.server.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterOperationsTest {
    private final List<String> asked = new ArrayList<>();
    private final List<Reply> later = new ArrayList<>();

    private final Cluster cluster = new Cluster() {
        @Override
        public Map<String, @Nullable Object> facts() {
            Map<String, @Nullable Object> facts = new LinkedHashMap<>();
            facts.put("node", "a");
            facts.put("why", null);
            facts.put("members", List.of(Map.of("lag", 3)));
            return facts;
        }

        @Override
        public ClusterStats stats() {
            return ClusterStats.NONE;
        }

        @Override
        public void add(String node, String address, Consumer<Reply> then) {
            asked.add("add " + node + " " + address);
            then.accept(Reply.NOTHING);
        }

        @Override
        public void remove(String node, Consumer<Reply> then) {
            asked.add("remove " + node);
            then.accept(Reply.NOTHING);
        }

        @Override
        public void transfer(String node, Consumer<Reply> then) {
            asked.add("transfer " + node);
            then.accept(Reply.error(ErrorCode.ILLEGAL_STATE, "no"));
        }
    };

    private @Nullable Reply answer(@Nullable Cluster of, ManagerOp op, String... texts) {
        List<byte[]> values = new ArrayList<>();
        for (String text : texts) {
            values.add(Values.ofText(text));
        }
        return ClusterOperations.answer(of, op, Args.of(op, values.toArray(new byte[0][])), later::add);
    }

    @Test
    void aNodeAsksItsCluster() {
        assertNull(answer(cluster, ManagerOp.ADD_NODE, "d", "h:7000"));
        assertNull(answer(cluster, ManagerOp.REMOVE_NODE, "d"));
        assertNull(answer(cluster, ManagerOp.TRANSFER_LEADERSHIP, ""));
        assertEquals(List.of("add d h:7000", "remove d", "transfer "), asked);
        assertEquals(3, later.size());
        assertEquals(ErrorCode.ILLEGAL_STATE, later.get(2).error());
    }

    @Test
    void whatItSaysIsADict() {
        ByteWriter expected = new ByteWriter();
        int dict = expected.begin(Tag.DICT);
        expected.string("node").string("a");
        expected.string("why").tag(Tag.NULL);
        expected.string("members");
        int list = expected.begin(Tag.LIST);
        int member = expected.begin(Tag.DICT);
        expected.string("lag").integer(3);
        expected.end(member, 1);
        expected.end(list, 1);
        expected.end(dict, 3);
        Reply reply = answer(cluster, ManagerOp.CLUSTER);
        assertTrue(reply != null);
        assertArrayEquals(expected.toByteArray(), reply.value());
    }

    @Test
    void aSingleServerSaysThatItIsOne() {
        Reply facts = answer(null, ManagerOp.CLUSTER);
        assertTrue(facts != null && !facts.isError());
        Reply refused = answer(null, ManagerOp.REMOVE_NODE, "a");
        assertTrue(refused != null);
        assertEquals(ErrorCode.ILLEGAL_STATE, refused.error());
        assertTrue(asked.isEmpty());
    }
}
