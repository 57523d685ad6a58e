package io.multiproc.server.raft;

import io.microraft.MembershipChangeMode;
import io.microraft.RaftEndpoint;
import io.microraft.model.RaftModelFactory;
import io.microraft.model.groupop.UpdateRaftGroupMembersOp;
import io.microraft.model.impl.DefaultRaftModelFactory;
import io.microraft.model.log.LogEntry;
import io.microraft.model.log.RaftGroupMembersView;
import io.microraft.model.log.SnapshotChunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Entries of the log, lists of members and names of images as bytes, the same in files and in messages. */
final class Entries {
    static final int RECORD = 0;
    static final int TERM_BEGINS = 1;
    static final int MEMBERS = 2;

    static final RaftModelFactory MODEL = new DefaultRaftModelFactory();

    private static final int MOST_MEMBERS = 32;
    /**
     * Behind the name of a node that was removed. MicroRaft ends for good when it reads its own removal, also where the node was added again later; so nobody reads
     * of himself. Only a leader that removes itself ends.
     */
    private static final String GONE = "\0";

    private Entries() {}

    static void write(Bytes out, LogEntry e) throws IOException {
        out.i64(e.getIndex()).i32(e.getTerm());
        Object operation = e.getOperation();
        if (operation instanceof Operation o) {
            out.u8(o.beginsTerm ? TERM_BEGINS : RECORD).array(o.bytes());
        } else if (operation instanceof UpdateRaftGroupMembersOp o) {
            Bytes content = new Bytes(256);
            members(content, o.getMembers(), o.getVotingMembers());
            String changed = Endpoint.name(o.getEndpoint());
            boolean isGone = changed.endsWith(GONE);
            content.text(isGone ? changed.substring(0, changed.length() - GONE.length()) : changed)
                    .u8(o.getMode().ordinal());
            out.u8(MEMBERS).array(content.toArray());
        } else {
            throw new IllegalStateException("no operation of ours: " + operation);
        }
    }

    static LogEntry entry(long index, int term, Object operation) {
        return MODEL.createLogEntryBuilder()
                .setIndex(index)
                .setTerm(term)
                .setOperation(operation)
                .build();
    }

    static LogEntry read(Bytes.In in) throws BadMessageException {
        long index = in.index();
        int term = in.count();
        int kind = in.u8();
        return entry(index, term, operation(kind, in.array()));
    }

    static Object operation(int kind, byte[] content) throws BadMessageException {
        return switch (kind) {
            case RECORD -> Operation.record(content, 0);
            case TERM_BEGINS -> Operation.termBegins();
            case MEMBERS -> change(content);
            default -> throw new BadMessageException("no such kind of entry: " + kind);
        };
    }

    private static UpdateRaftGroupMembersOp change(byte[] content) throws BadMessageException {
        Bytes.In in = new Bytes.In(content);
        Members m = members(in);
        String name = in.text();
        int mode = in.u8();
        in.end();
        Endpoint changed = new Endpoint(mode == MembershipChangeMode.REMOVE_MEMBER.ordinal() ? name + GONE : name, "");
        if (mode >= MembershipChangeMode.values().length) {
            throw new BadMessageException("no such change of members: " + mode);
        }
        return MODEL.createUpdateRaftGroupMembersOpBuilder()
                .setMembers(m.all)
                .setVotingMembers(m.voting)
                .setEndpoint(changed)
                .setMode(MembershipChangeMode.values()[mode])
                .build();
    }

    /** Members of a group, in the order in which they came. */
    record Members(Set<RaftEndpoint> all, Set<RaftEndpoint> voting) {}

    static void members(Bytes out, Collection<RaftEndpoint> all, Collection<RaftEndpoint> voting) {
        out.u8(all.size());
        for (RaftEndpoint m : all) {
            endpoint(out, m);
            out.u8(voting.contains(m) ? 1 : 0);
        }
    }

    private static void endpoint(Bytes out, RaftEndpoint m) {
        out.text(Endpoint.name(m)).text(((Endpoint) m).address());
    }

    static Members members(Bytes.In in) throws BadMessageException {
        int n = in.u8();
        if (n > MOST_MEMBERS) {
            throw new BadMessageException(n + " members");
        }
        Members m = new Members(new LinkedHashSet<>(), new LinkedHashSet<>());
        for (int i = 0; i < n; i++) {
            Endpoint e = new Endpoint(in.text(), in.text());
            m.all.add(e);
            if (in.bool()) {
                m.voting.add(e);
            }
        }
        return m;
    }

    static void endpoints(Bytes out, Collection<RaftEndpoint> all) {
        out.u8(all.size());
        all.forEach(e -> endpoint(out, e));
    }

    static List<RaftEndpoint> endpoints(Bytes.In in) throws BadMessageException {
        List<RaftEndpoint> all = new ArrayList<>();
        for (int n = in.u8(); n > 0; n--) {
            all.add(new Endpoint(in.text(), in.text()));
        }
        return all;
    }

    static void view(Bytes out, RaftGroupMembersView v) {
        out.i64(v.getLogIndex());
        members(out, v.getMembers(), v.getVotingMembers());
    }

    static RaftGroupMembersView view(Bytes.In in) throws BadMessageException {
        long index = in.index();
        Members m = members(in);
        return view(index, m.all, m.voting);
    }

    static RaftGroupMembersView view(long index, Collection<RaftEndpoint> all, Collection<RaftEndpoint> voting) {
        return MODEL.createRaftGroupMembersViewBuilder()
                .setLogIndex(index)
                .setMembers(all)
                .setVotingMembers(voting)
                .build();
    }

    /** The only piece of a snapshot: the name of an image. */
    static void chunk(Bytes out, SnapshotChunk c) {
        ImageRef ref = (ImageRef) c.getOperation();
        out.i64(c.getIndex()).i32(c.getTerm());
        view(out, c.getGroupMembersView());
        out.i64(ref.index).i64(ref.length()).array(ref.hash());
    }

    static SnapshotChunk chunk(Bytes.In in) throws BadMessageException {
        long index = in.index();
        int term = in.count();
        RaftGroupMembersView members = view(in);
        ImageRef ref = ImageRef.of(in.index(), in.index(), in.array());
        if (!ref.isWritten()) {
            throw new BadMessageException("an image without a checksum");
        }
        return MODEL.createSnapshotChunkBuilder()
                .setIndex(index)
                .setTerm(term)
                .setOperation(ref)
                .setSnapshotChunkIndex(0)
                .setSnapshotChunkCount(1)
                .setGroupMembersView(members)
                .build();
    }
}
