package io.multiproc.server.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.microraft.MembershipChangeMode;
import io.microraft.RaftEndpoint;
import io.microraft.model.RaftModelFactory;
import io.microraft.model.message.RaftMessage;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MessagesTest {
    private static final RaftModelFactory M = Entries.MODEL;
    private static final Object G = Messages.group();
    private static final RaftEndpoint A = new Endpoint("a", "h:1");
    private static final RaftEndpoint B = new Endpoint("b", "h:2");

    /** Bytes of format 1 that nodes of this and of later versions have to understand. */
    private static final Map<String, RaftMessage> GOLDEN = golden();

    private static Map<String, RaftMessage> golden() {
        Map<String, RaftMessage> all = new LinkedHashMap<>();
        all.put(
                "0101000000000000002a0000000300000002000000000000000700000000000000060000000000000001000000000000"
                        + "000900000003000000000000000800000003010000000000000000000000090000000300000000030102030000000000"
                        + "00000a00000003020000002102000000016100000003683a3101000000016200000003683a3200000000016200",
                M.createAppendEntriesRequestBuilder()
                        .setGroupId(G)
                        .setSender(A)
                        .setTerm(3)
                        .setPreviousLogTerm(2)
                        .setPreviousLogIndex(7)
                        .setCommitIndex(6)
                        .setQuerySequenceNumber(1)
                        .setFlowControlSequenceNumber(9)
                        .setLogEntries(List.of(
                                Entries.entry(8, 3, Operation.termBegins()),
                                Entries.entry(9, 3, Operation.record(new byte[] {1, 2, 3}, 77)),
                                Entries.entry(
                                        10,
                                        3,
                                        M.createUpdateRaftGroupMembersOpBuilder()
                                                .setMembers(List.of(A, B))
                                                .setVotingMembers(List.of(A))
                                                .setEndpoint(B)
                                                .setMode(MembershipChangeMode.ADD_LEARNER)
                                                .build())))
                        .build());
        all.put(
                "0102000000000000002a00000003000000000000000900000000000000010000000000000009",
                M.createAppendEntriesSuccessResponseBuilder()
                        .setGroupId(G)
                        .setSender(A)
                        .setTerm(3)
                        .setLastLogIndex(9)
                        .setQuerySequenceNumber(1)
                        .setFlowControlSequenceNumber(9)
                        .build());
        all.put(
                "0103000000000000002a00000003000000000000000900000000000000010000000000000009",
                M.createAppendEntriesFailureResponseBuilder()
                        .setGroupId(G)
                        .setSender(A)
                        .setTerm(3)
                        .setExpectedNextIndex(9)
                        .setQuerySequenceNumber(1)
                        .setFlowControlSequenceNumber(9)
                        .build());
        all.put(
                "0104000000000000002a0000000301000000020000000000000005000000010100000000000000050000000200000000"
                        + "0000000002000000016100000003683a3101000000016200000003683a3201000000000000000500000000000003e800"
                        + "000020000000000000000000000000000000000000000000000000000000000000000001000000016100000003683a31"
                        + "000000000000000002000000016100000003683a3101000000016200000003683a320100000000000000010000000000"
                        + "000009",
                M.createInstallSnapshotRequestBuilder()
                        .setGroupId(G)
                        .setSender(A)
                        .setTerm(3)
                        .setSenderLeader(true)
                        .setSnapshotTerm(2)
                        .setSnapshotIndex(5)
                        .setTotalSnapshotChunkCount(1)
                        .setSnapshotChunk(M.createSnapshotChunkBuilder()
                                .setIndex(5)
                                .setTerm(2)
                                .setOperation(ImageRef.of(5, 1000, new byte[ImageRef.HASH]))
                                .setSnapshotChunkIndex(0)
                                .setSnapshotChunkCount(1)
                                .setGroupMembersView(Entries.view(0, List.of(A, B), List.of(A, B)))
                                .build())
                        .setSnapshottedMembers(List.of(A))
                        .setGroupMembersView(Entries.view(0, List.of(A, B), List.of(A, B)))
                        .setQuerySequenceNumber(1)
                        .setFlowControlSequenceNumber(9)
                        .build());
        all.put(
                "0108000000000000002a0000000300000002000000000000000501",
                M.createVoteRequestBuilder()
                        .setGroupId(G)
                        .setSender(A)
                        .setTerm(3)
                        .setLastLogTerm(2)
                        .setLastLogIndex(5)
                        .setSticky(true)
                        .build());
        all.put(
                "0109000000000000002a0000000301",
                M.createVoteResponseBuilder()
                        .setGroupId(G)
                        .setSender(A)
                        .setTerm(3)
                        .setGranted(true)
                        .build());
        all.put(
                "0106000000000000002a00000003000000020000000000000005",
                M.createPreVoteRequestBuilder()
                        .setGroupId(G)
                        .setSender(A)
                        .setTerm(3)
                        .setLastLogTerm(2)
                        .setLastLogIndex(5)
                        .build());
        all.put(
                "0107000000000000002a0000000300",
                M.createPreVoteResponseBuilder()
                        .setGroupId(G)
                        .setSender(A)
                        .setTerm(3)
                        .setGranted(false)
                        .build());
        all.put(
                "010a000000000000002a00000003000000020000000000000005",
                M.createTriggerLeaderElectionRequestBuilder()
                        .setGroupId(G)
                        .setSender(A)
                        .setTerm(3)
                        .setLastLogTerm(2)
                        .setLastLogIndex(5)
                        .build());
        all.put(
                "0105000000000000002a0000000300000000000000050000000000000000000000010000000000000009",
                M.createInstallSnapshotResponseBuilder()
                        .setGroupId(G)
                        .setSender(A)
                        .setTerm(3)
                        .setSnapshotIndex(5)
                        .setRequestedSnapshotChunkIndex(0)
                        .setQuerySequenceNumber(1)
                        .setFlowControlSequenceNumber(9)
                        .build());
        return all;
    }

    @Test
    void allMessagesHaveTheBytesOfFormat1AndAreReadBack() throws Exception {
        for (Map.Entry<String, RaftMessage> e : GOLDEN.entrySet()) {
            byte[] bytes = Messages.encode(e.getValue(), 42);
            assertEquals(
                    e.getKey(), HexFormat.of().formatHex(bytes), e.getValue().toString());
            Messages.Raft back = (Messages.Raft) Messages.decode("a", bytes);
            assertEquals(42, back.stamp());
            assertEquals("a", back.message().getSender().getId());
            assertArrayEquals(bytes, Messages.encode(back.message(), 42));
        }
    }

    @Test
    void badBytesAreNoMessage() throws Exception {
        Random random = new Random(1);
        for (RaftMessage m : GOLDEN.values()) {
            byte[] bytes = Messages.encode(m, 42);
            for (int n = 0; n < bytes.length; n++) {
                byte[] cut = Arrays.copyOf(bytes, n);
                assertThrows(BadMessageException.class, () -> Messages.decode("a", cut));
            }
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            assertThrows(BadMessageException.class, () -> Messages.decode("a", longer));
            for (int n = 0; n < 2000; n++) {
                byte[] bent = bytes.clone();
                bent[random.nextInt(bent.length)] = (byte) random.nextInt();
                try {
                    Messages.decode("a", bent);
                } catch (BadMessageException e) {
                    // as it should be
                }
            }
        }
        byte[] other = Messages.encode(GOLDEN.values().iterator().next(), 0);
        other[0] = 9;
        BadMessageException e = assertThrows(BadMessageException.class, () -> Messages.decode("a", other));
        assertEquals("format 9, where this node knows 1", e.getMessage());
    }

    @Test
    void imagesTravelInPieces() throws Exception {
        ImageRef ref = ImageRef.of(7, 100, new byte[ImageRef.HASH]);
        Messages.ImageWanted w = (Messages.ImageWanted) Messages.decode("a", Messages.wanted(ref, 50));
        assertEquals(7, w.index());
        assertEquals(50, w.from());
        Messages.ImagePiece p = (Messages.ImagePiece) Messages.decode("a", Messages.piece(7, 50, new byte[] {1, 2}));
        assertArrayEquals(new byte[] {1, 2}, p.content());
    }
}
