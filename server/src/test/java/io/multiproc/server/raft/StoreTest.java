package io.multiproc.server.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.microraft.model.log.LogEntry;
import io.multiproc.server.log.Disk;
import io.multiproc.server.log.LogException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StoreTest {
    private static final int SEGMENT = 4096;

    @TempDir
    Path folder;

    private Store open() throws LogException {
        return Store.open(
                new RaftOptions(folder.resolve("a"), "a", "h:1", Map.of("a", "h:1")), Disk.REAL, SEGMENT, (what, e) -> {
                    throw new AssertionError(what, e);
                });
    }

    private static LogEntry record(long index, int term, int size) {
        byte[] b = new byte[size];
        b[0] = (byte) index;
        b[size - 1] = (byte) term;
        return Entries.entry(index, term, Operation.record(b, 0));
    }

    private static void vote(Store s, int term) throws IOException {
        s.persistAndFlushTerm(Entries.MODEL
                .createRaftTermPersistentStateBuilder()
                .setTerm(term)
                .setVotedFor(null)
                .build());
    }

    private void fill(int n, int size) throws IOException {
        Store s = open();
        vote(s, 1);
        for (int i = 1; i <= n; i++) {
            s.persistLogEntries(List.of(record(i, 1, size)));
            s.flush();
        }
        s.close();
    }

    private Path lastFile() throws IOException {
        try (var files = Files.list(folder.resolve("a"))) {
            return files.filter(f -> f.toString().endsWith(".raft"))
                    .sorted()
                    .reduce((a, b) -> b)
                    .orElseThrow();
        }
    }

    @Test
    void whatWasSyncedIsThereAgainAndWhatWasCutIsNot() throws Exception {
        fill(50, 300);
        Store s = open();
        assertEquals(50, s.lastIndex());
        s.truncateLogEntriesFrom(30);
        s.persistLogEntries(List.of(record(30, 2, 10_000), record(31, 2, 5)));
        s.flush();
        s.close();
        Store again = open();
        assertEquals(31, again.lastIndex());
        LogEntry e = again.entry(30);
        assertNotNull(e);
        assertEquals(2, e.getTerm());
        assertArrayEquals(
                ((Operation) record(30, 2, 10_000).getOperation()).bytes(), ((Operation) e.getOperation()).bytes());
        assertNull(again.entry(32));
        again.close();
    }

    @Test
    void aTornEndIsCut() throws Exception {
        fill(5, 100);
        try (RandomAccessFile f = new RandomAccessFile(lastFile().toFile(), "rw")) {
            byte[] b = new byte[SEGMENT];
            f.readFully(b);
            int end = SEGMENT;
            while (b[end - 1] == 0) {
                end--;
            }
            f.seek(end + 3);
            f.write(new byte[] {1, 2, 3, 4, 5});
        }
        Store s = open();
        assertEquals(5, s.lastIndex());
        s.persistLogEntries(List.of(record(6, 1, 100)));
        s.flush();
        s.close();
        Store again = open();
        assertEquals(6, again.lastIndex());
        again.close();
    }

    @Test
    void damageElsewhereIsRefused() throws Exception {
        fill(5, 100);
        try (RandomAccessFile f = new RandomAccessFile(lastFile().toFile(), "rw")) {
            f.seek(Segments.HEADER + 50);
            f.write(77);
        }
        LogException e = assertThrows(LogException.class, this::open);
        assertTrue(String.valueOf(e.getMessage()).contains("is damaged: at byte " + Segments.HEADER), e.getMessage());
    }

    @Test
    void aMissingFileOrEndIsRefused() throws Exception {
        fill(50, 300);
        try (RandomAccessFile f = new RandomAccessFile(lastFile().toFile(), "rw")) {
            f.setLength(SEGMENT - 1);
        }
        LogException e = assertThrows(LogException.class, this::open);
        assertTrue(String.valueOf(e.getMessage()).contains("4095 bytes of 4096"), e.getMessage());
    }

    @Test
    void aFolderIsUsedOnce() throws Exception {
        Store s = open();
        assertThrows(LogException.class, this::open);
        s.close();
    }
}
