package io.multiproc.engines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLogTest {
    @TempDir
    Path folder;

    private static LogEntries entry(long term, int content) {
        return new LogEntries().add(new LogEntry(term, new byte[] {(byte) content, 7}));
    }

    private FileLog filled() throws IOException {
        FileLog log = new FileLog(folder);
        for (int i = 1; i <= 5; i++) {
            log.append(i, entry(1, i));
        }
        return log;
    }

    @Test
    void keepsEntriesTermAndVote() throws IOException {
        UUID voted = UUID.randomUUID();
        try (FileLog log = filled()) {
            log.currentTerm(3).votedFor(voted);
        }
        try (FileLog log = new FileLog(folder)) {
            assertEquals(5, log.lastAppended());
            assertArrayEquals(new byte[] {4, 7}, log.get(4).command());
            assertEquals(3, log.currentTerm());
            assertEquals(voted, log.votedFor());
        }
    }

    @Test
    void aTermNeverGoesBackAndANewOneHasNoVote() throws IOException {
        try (FileLog log = filled()) {
            log.currentTerm(3).votedFor(UUID.randomUUID());
            log.currentTerm(2);
            assertEquals(3, log.currentTerm());
            log.currentTerm(4);
            assertEquals(null, log.votedFor());
        }
    }

    @Test
    void whatIsTakenBackDoesNotReturn() throws IOException {
        try (FileLog log = filled()) {
            log.deleteAllEntriesStartingFrom(3);
            log.append(3, entry(2, 9));
        }
        try (FileLog log = new FileLog(folder)) {
            assertEquals(3, log.lastAppended());
            assertEquals(2, log.get(3).term());
        }
    }

    @Test
    void aSnapshotAndItsIndexAreOneThing() throws IOException {
        try (FileLog log = filled()) {
            log.commitIndex(4);
            log.setSnapshot(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        }
        try (FileLog log = new FileLog(folder)) {
            assertEquals(null, log.getSnapshot());
            log.commitIndex(4);
            log.setSnapshot(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            log.truncate(4);
        }
        try (FileLog log = new FileLog(folder)) {
            assertEquals(3, log.getSnapshot().remaining());
            assertEquals(4, log.firstAppended());
            assertEquals(4, log.commitIndex());
            assertEquals(5, log.lastAppended());
            assertEquals(1, log.get(4).term());
        }
    }

    @Test
    void aSnapshotFromTheLeaderReplacesTheLog() throws IOException {
        try (FileLog log = filled()) {
            log.setSnapshot(ByteBuffer.wrap(new byte[] {1}));
            log.reinitializeTo(20, new LogEntry(6, null));
            log.append(21, entry(6, 1));
        }
        try (FileLog log = new FileLog(folder)) {
            assertEquals(20, log.firstAppended());
            assertEquals(21, log.lastAppended());
            assertEquals(6, log.get(20).term());
            assertEquals(6, log.currentTerm());
        }
    }

    /** Each frame here has 29 bytes of head, 2 of content and 4 of checksum. */
    private void flip(int at) throws IOException {
        try (RandomAccessFile f = new RandomAccessFile(folder.resolve("log").toFile(), "rw")) {
            f.seek(at);
            int b = f.read();
            f.seek(at);
            f.write(b ^ 4);
        }
    }

    @Test
    void aBrokenEndIsDroppedAndABrokenMiddleRefused() throws IOException {
        filled().close();
        flip(4 * 35 + 30);
        try (FileLog log = new FileLog(folder)) {
            assertEquals(4, log.lastAppended());
            log.append(5, entry(1, 5));
        }
        flip(35 + 30);
        IOException e = assertThrows(IOException.class, () -> new FileLog(folder));
        assertTrue(e.getMessage().contains("entry 2 is broken"), e.getMessage());
    }
}
