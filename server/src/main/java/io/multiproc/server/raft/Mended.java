package io.multiproc.server.raft;

import io.microraft.model.log.LogEntry;
import io.microraft.model.message.AppendEntriesRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that goes on from the image, without the entries that are there already. */
final class Mended {
    private Mended() {}

    /** @return null if the log differs behind the image */
    static @Nullable AppendEntriesRequest withoutWhatIsThere(AppendEntriesRequest r, Store store) {
        long previous = r.getPreviousLogIndex();
        int term = r.getPreviousLogTerm();
        List<LogEntry> more = r.getLogEntries();
        int same = 0;
        while (same < more.size() && isThere(more.get(same), store)) {
            previous = more.get(same).getIndex();
            term = more.get(same).getTerm();
            same++;
        }
        LogEntry own = store.entry(r.getPreviousLogIndex() + 1);
        // a leader asks without entries only where it has one of its own term next, or where the one after has differed
        boolean differs = own != null && (more.isEmpty() ? own.getTerm() < r.getTerm() : same == 0);
        if (differs) {
            return null;
        }
        return Entries.MODEL
                .createAppendEntriesRequestBuilder()
                .setGroupId(r.getGroupId())
                .setSender(r.getSender())
                .setTerm(r.getTerm())
                .setPreviousLogIndex(previous)
                .setPreviousLogTerm(term)
                .setCommitIndex(r.getCommitIndex())
                .setLogEntries(more.subList(same, more.size()))
                .setQuerySequenceNumber(r.getQuerySequenceNumber())
                .setFlowControlSequenceNumber(r.getFlowControlSequenceNumber())
                .build();
    }

    private static boolean isThere(LogEntry e, Store store) {
        LogEntry own = store.entry(e.getIndex());
        return own != null && own.getTerm() == e.getTerm();
    }
}
