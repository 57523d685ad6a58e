package io.multiproc.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jgroups.protocols.raft.AppendResult;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.raft.StateMachine;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What jgroups-raft 1.1.4 does with a follower whose log has a tail of its own, as a leader's has that was cut off. Both are against Raft. */
class DivergentTailTest {
    private static final UUID LEADER = UUID.randomUUID();

    @TempDir
    Path folder;

    private final List<String> applied = new ArrayList<>();

    private final class Follower extends RAFT {
        Follower(FileLog log) {
            log_impl = log;
            last_appended = log.lastAppended();
            commit_index = log.commitIndex();
            raftId("c").members(List.of("a", "b", "c"));
            stateMachineLoaded(true);
            stateMachine(new StateMachine() {
                @Override
                public byte[] apply(byte[] data, int offset, int length, boolean serialize) {
                    applied.add(new String(data, offset, length, StandardCharsets.UTF_8));
                    return data;
                }

                @Override
                public void readContentFrom(DataInput in) {}

                @Override
                public void writeContentTo(DataOutput out) {}
            });
        }
    }

    private static LogEntry entry(long term, String text) {
        return new LogEntry(term, text.getBytes(StandardCharsets.UTF_8));
    }

    private RAFT follower(String... mine) throws IOException {
        FileLog log = new FileLog(folder);
        for (int i = 0; i < mine.length; i++) {
            log.append(i + 1, new LogEntries().add(entry(1, mine[i])));
        }
        log.commitIndex(1);
        RAFT raft = new Follower(log);
        raft.setLeaderAndTerm(LEADER, 2);
        return raft;
    }

    /** An entry list that is empty, as the engine's own reads and its commit messages have it, commits what the leader has never seen. */
    @Test
    void anEmptyRequestCommitsTheTail() throws IOException {
        RAFT raft = follower("both", "mine", "mine too");
        // the leader's entries 2 and 3 are of term 2, and committed
        AppendResult result = raft.impl().handleAppendEntriesRequest(new LogEntries(), LEADER, 3, 2, 2, 3);
        assertEquals(List.of("mine", "mine too"), applied);
        assertEquals(3, raft.commitIndex());
        assertTrue(result.success());
    }

    /** Only the first entry is compared: the second is another one here, and acknowledged. */
    @Test
    void anEntryIsAcknowledgedThatIsNotThere() throws IOException {
        RAFT raft = follower("both", "both too", "mine");
        LogEntries sent = new LogEntries().add(entry(1, "both too"), entry(2, "theirs"));
        AppendResult result = raft.impl().handleAppendEntriesRequest(sent, LEADER, 1, 1, 1, 1);
        assertTrue(result.success());
        assertEquals(3, result.index());
        assertEquals(1, raft.log().get(3).term());
    }
}
