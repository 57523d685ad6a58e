package io.multiproc.server.raft;

import io.microraft.RaftEndpoint;
import io.microraft.model.RaftModelFactory;
import io.microraft.model.log.LogEntry;
import io.microraft.model.log.SnapshotChunk;
import io.microraft.model.message.AppendEntriesFailureResponse;
import io.microraft.model.message.AppendEntriesRequest;
import io.microraft.model.message.AppendEntriesSuccessResponse;
import io.microraft.model.message.InstallSnapshotRequest;
import io.microraft.model.message.InstallSnapshotResponse;
import io.microraft.model.message.PreVoteRequest;
import io.microraft.model.message.PreVoteResponse;
import io.microraft.model.message.RaftMessage;
import io.microraft.model.message.TriggerLeaderElectionRequest;
import io.microraft.model.message.VoteRequest;
import io.microraft.model.message.VoteResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The messages between nodes as bytes, format 1: {@code u8 format, u8 type, i64 stamp, i32 term} and what the type has. A leader's messages are stamped with its time;
 * an answer gives the stamp back, or 0 if it promises nothing.
 */
final class Messages {
    static final int FORMAT = 1;

    private static final int APPEND = 1;
    private static final int APPENDED = 2;
    private static final int NOT_APPENDED = 3;
    private static final int INSTALL = 4;
    private static final int INSTALLING = 5;
    private static final int PRE_VOTE = 6;
    private static final int PRE_VOTED = 7;
    private static final int VOTE = 8;
    private static final int VOTED = 9;
    private static final int TAKE_OVER = 10;
    private static final int IMAGE_WANTED = 32;
    private static final int IMAGE_PIECE = 33;

    /** The bytes of entries in one message, if there are several. */
    private static final int MOST = 4 << 20;

    private static final Object GROUP = "multiproc";
    private static final RaftModelFactory MODEL = Entries.MODEL;

    private Messages() {}

    static Object group() {
        return GROUP;
    }

    /** What a node has sent. */
    sealed interface Received {}

    /** A message of the consensus engine. */
    record Raft(RaftMessage message, long stamp) implements Received {}

    /** Somebody lacks a part of an image. */
    record ImageWanted(long index, byte[] hash, long from) implements Received {}

    /** A part of an image. */
    record ImagePiece(long index, long from, byte[] content) implements Received {}

    static byte[] wanted(ImageRef ref, long from) {
        return new Bytes(128)
                .u8(FORMAT)
                .u8(IMAGE_WANTED)
                .i64(0)
                .i32(0)
                .i64(ref.index)
                .array(ref.hash())
                .i64(from)
                .toArray();
    }

    static byte[] piece(long index, long from, byte[] content) {
        return new Bytes(64 + content.length)
                .u8(FORMAT)
                .u8(IMAGE_PIECE)
                .i64(0)
                .i32(0)
                .i64(index)
                .i64(from)
                .array(content)
                .toArray();
    }

    static byte[] encode(RaftMessage m, long stamp) throws IOException {
        if (m instanceof AppendEntriesRequest r) {
            return append(r, stamp);
        }
        Bytes out = new Bytes(256).u8(FORMAT);
        if (m instanceof AppendEntriesSuccessResponse r) {
            head(out, APPENDED, r, stamp).i64(r.getLastLogIndex());
            numbers(out, r.getQuerySequenceNumber(), r.getFlowControlSequenceNumber());
        } else if (m instanceof AppendEntriesFailureResponse r) {
            head(out, NOT_APPENDED, r, stamp).i64(r.getExpectedNextIndex());
            numbers(out, r.getQuerySequenceNumber(), r.getFlowControlSequenceNumber());
        } else if (m instanceof InstallSnapshotRequest r) {
            install(head(out, INSTALL, r, stamp), r);
        } else if (m instanceof InstallSnapshotResponse r) {
            head(out, INSTALLING, r, stamp).i64(r.getSnapshotIndex()).i32(r.getRequestedSnapshotChunkIndex());
            numbers(out, r.getQuerySequenceNumber(), r.getFlowControlSequenceNumber());
        } else if (m instanceof PreVoteRequest r) {
            head(out, PRE_VOTE, r, stamp).i32(r.getLastLogTerm()).i64(r.getLastLogIndex());
        } else if (m instanceof PreVoteResponse r) {
            head(out, PRE_VOTED, r, stamp).u8(r.isGranted() ? 1 : 0);
        } else if (m instanceof VoteRequest r) {
            head(out, VOTE, r, stamp)
                    .i32(r.getLastLogTerm())
                    .i64(r.getLastLogIndex())
                    .u8(r.isSticky() ? 1 : 0);
        } else if (m instanceof VoteResponse r) {
            head(out, VOTED, r, stamp).u8(r.isGranted() ? 1 : 0);
        } else if (m instanceof TriggerLeaderElectionRequest r) {
            head(out, TAKE_OVER, r, stamp).i32(r.getLastLogTerm()).i64(r.getLastLogIndex());
        } else {
            throw new IllegalStateException("no message of ours: " + m);
        }
        return out.toArray();
    }

    private static Bytes head(Bytes out, int type, RaftMessage m, long stamp) {
        return out.u8(type).i64(stamp).i32(m.getTerm());
    }

    private static void numbers(Bytes out, long query, long flow) {
        out.i64(query).i64(flow);
    }

    private static byte[] append(AppendEntriesRequest r, long stamp) throws IOException {
        int size = 64;
        int n = 0;
        for (LogEntry e : r.getLogEntries()) {
            int bytes = 32 + (e.getOperation() instanceof Operation o ? o.length : 1024);
            if (n > 0 && size + bytes > MOST) {
                break;
            }
            size += bytes;
            n++;
        }
        Bytes out = head(new Bytes(size).u8(FORMAT), APPEND, r, stamp);
        out.i32(r.getPreviousLogTerm()).i64(r.getPreviousLogIndex()).i64(r.getCommitIndex());
        numbers(out, r.getQuerySequenceNumber(), r.getFlowControlSequenceNumber());
        out.i32(n);
        for (LogEntry e : r.getLogEntries().subList(0, n)) {
            Entries.write(out, e);
        }
        return out.toArray();
    }

    private static void install(Bytes out, InstallSnapshotRequest r) {
        out.u8(r.isSenderLeader() ? 1 : 0).i32(r.getSnapshotTerm()).i64(r.getSnapshotIndex());
        out.i32(r.getTotalSnapshotChunkCount());
        SnapshotChunk chunk = r.getSnapshotChunk();
        out.u8(chunk == null ? 0 : 1);
        if (chunk != null) {
            Entries.chunk(out, chunk);
        }
        Entries.endpoints(out, r.getSnapshottedMembers());
        Entries.view(out, r.getGroupMembersView());
        numbers(out, r.getQuerySequenceNumber(), r.getFlowControlSequenceNumber());
    }

    /**
     * Reads a message.
     *
     * @param from who has sent it, as the channel knows
     */
    static Received decode(String from, byte[] bytes) throws BadMessageException {
        Bytes.In in = new Bytes.In(bytes);
        int format = in.u8();
        if (format != FORMAT) {
            throw new BadMessageException("format " + format + ", where this node knows " + FORMAT);
        }
        int type = in.u8();
        long stamp = in.i64();
        int term = in.count();
        Received r =
                switch (type) {
                    case IMAGE_WANTED -> new ImageWanted(in.index(), in.array(), in.index());
                    case IMAGE_PIECE -> new ImagePiece(in.index(), in.index(), in.array());
                    default -> new Raft(raft(type, new Endpoint(from, ""), term, in), stamp);
                };
        in.end();
        return r;
    }

    private static RaftMessage raft(int type, RaftEndpoint from, int term, Bytes.In in) throws BadMessageException {
        return switch (type) {
            case APPEND -> append(from, term, in);
            case APPENDED -> MODEL.createAppendEntriesSuccessResponseBuilder()
                    .setGroupId(GROUP)
                    .setSender(from)
                    .setTerm(term)
                    .setLastLogIndex(in.index())
                    .setQuerySequenceNumber(in.index())
                    .setFlowControlSequenceNumber(in.index())
                    .build();
            case NOT_APPENDED -> MODEL.createAppendEntriesFailureResponseBuilder()
                    .setGroupId(GROUP)
                    .setSender(from)
                    .setTerm(term)
                    .setExpectedNextIndex(in.index())
                    .setQuerySequenceNumber(in.index())
                    .setFlowControlSequenceNumber(in.index())
                    .build();
            case INSTALL -> install(from, term, in);
            case INSTALLING -> MODEL.createInstallSnapshotResponseBuilder()
                    .setGroupId(GROUP)
                    .setSender(from)
                    .setTerm(term)
                    .setSnapshotIndex(in.index())
                    .setRequestedSnapshotChunkIndex(in.count())
                    .setQuerySequenceNumber(in.index())
                    .setFlowControlSequenceNumber(in.index())
                    .build();
            default -> vote(type, from, term, in);
        };
    }

    private static RaftMessage vote(int type, RaftEndpoint from, int term, Bytes.In in) throws BadMessageException {
        return switch (type) {
            case PRE_VOTE -> MODEL.createPreVoteRequestBuilder()
                    .setGroupId(GROUP)
                    .setSender(from)
                    .setTerm(term)
                    .setLastLogTerm(in.count())
                    .setLastLogIndex(in.index())
                    .build();
            case PRE_VOTED -> MODEL.createPreVoteResponseBuilder()
                    .setGroupId(GROUP)
                    .setSender(from)
                    .setTerm(term)
                    .setGranted(in.bool())
                    .build();
            case VOTE -> MODEL.createVoteRequestBuilder()
                    .setGroupId(GROUP)
                    .setSender(from)
                    .setTerm(term)
                    .setLastLogTerm(in.count())
                    .setLastLogIndex(in.index())
                    .setSticky(in.bool())
                    .build();
            case VOTED -> MODEL.createVoteResponseBuilder()
                    .setGroupId(GROUP)
                    .setSender(from)
                    .setTerm(term)
                    .setGranted(in.bool())
                    .build();
            case TAKE_OVER -> MODEL.createTriggerLeaderElectionRequestBuilder()
                    .setGroupId(GROUP)
                    .setSender(from)
                    .setTerm(term)
                    .setLastLogTerm(in.count())
                    .setLastLogIndex(in.index())
                    .build();
            default -> throw new BadMessageException("no such type: " + type);
        };
    }

    private static RaftMessage append(RaftEndpoint from, int term, Bytes.In in) throws BadMessageException {
        AppendEntriesRequest.AppendEntriesRequestBuilder b = MODEL.createAppendEntriesRequestBuilder()
                .setGroupId(GROUP)
                .setSender(from)
                .setTerm(term)
                .setPreviousLogTerm(in.count())
                .setPreviousLogIndex(in.index())
                .setCommitIndex(in.index())
                .setQuerySequenceNumber(in.index())
                .setFlowControlSequenceNumber(in.index());
        int n = in.count();
        List<LogEntry> entries = new ArrayList<>(Math.min(n, 1024));
        for (int i = 0; i < n; i++) {
            entries.add(Entries.read(in));
        }
        return b.setLogEntries(entries).build();
    }

    private static RaftMessage install(RaftEndpoint from, int term, Bytes.In in) throws BadMessageException {
        InstallSnapshotRequest.InstallSnapshotRequestBuilder b = MODEL.createInstallSnapshotRequestBuilder()
                .setGroupId(GROUP)
                .setSender(from)
                .setTerm(term)
                .setSenderLeader(in.bool())
                .setSnapshotTerm(in.count())
                .setSnapshotIndex(in.index())
                .setTotalSnapshotChunkCount(in.count());
        b.setSnapshotChunk(in.bool() ? Entries.chunk(in) : null);
        return b.setSnapshottedMembers(Entries.endpoints(in))
                .setGroupMembersView(Entries.view(in))
                .setQuerySequenceNumber(in.index())
                .setFlowControlSequenceNumber(in.index())
                .build();
    }
}
