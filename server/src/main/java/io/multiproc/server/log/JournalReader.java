package io.multiproc.server.log;

import io.multiproc.server.log.Disk.LogFile;
import io.multiproc.server.machine.LogRecord;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reader of a log from an index to its end, where it takes back what was cut off. Used once. */
final class JournalReader {
    // to whom it is a part of the journal
    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    private static final int BUFFER = 4 << 20;

    private final Disk disk;
    private final Fsync fsync;
    private final int segmentBytes;
    private final long index;
    private final Journal.Replay replay;

    // kept from one file to the next
    private long all;
    private long done;
    private byte[] buffer = {};
    private long next;

    /**
     * @param segmentBytes the length of a file that records are added to
     * @param index from 1; what comes before is in an image
     */
    JournalReader(Disk disk, Fsync fsync, int segmentBytes, long index, Journal.Replay replay) {
        this.disk = disk;
        this.fsync = fsync;
        this.segmentBytes = segmentBytes;
        this.index = index;
        this.replay = replay;
        this.next = index;
    }

    /**
     * Reads all records.
     *
     * @param segments from the one with the index on
     * @param last the last one, open; null if there is none
     * @return the index after the last command
     */
    long read(List<Segment> segments, @Nullable LogFile last) throws LogException {
        if (!segments.isEmpty()) {
            segments.get(segments.size() - 1).checkIsLast();
        }
        long largest = 0;
        for (Segment s : segments) {
            all += s.path.toFile().length();
            largest = Math.max(largest, s.path.toFile().length());
        }
        buffer = new byte[(int) Math.min(BUFFER, largest)];
        for (int i = 0; i < segments.size(); i++) {
            Segment s = segments.get(i);
            try {
                if (i + 1 == segments.size()) {
                    read(s, null, Objects.requireNonNull(last));
                } else {
                    try (LogFile opened = disk.open(s.path)) {
                        read(s, segments.get(i + 1), opened);
                    }
                }
            } catch (LogException e) {
                throw e;
            } catch (IOException e) {
                throw Segment.failed("read", s.path, e);
            }
        }
        return next;
    }

    private void read(Segment s, @Nullable Segment follower, LogFile opened) throws IOException {
        SegmentReader reader = new SegmentReader(s, opened, buffer);
        reader.read((first, record) -> record(first, record, reader.end()));
        s.used = reader.end();
        checkEnd(s, follower, reader, opened);
        next = reader.next();
        buffer = reader.buffer().length > BUFFER ? new byte[BUFFER] : reader.buffer();
        done += s.path.toFile().length();
    }

    private void record(long first, LogRecord record, long end) throws IOException {
        int skip = (int) Math.max(0, Math.min(record.commands().size(), index - first));
        replay.record(first, record, skip, done + end, all);
    }

    private void checkEnd(Segment s, @Nullable Segment follower, SegmentReader reader, LogFile opened)
            throws IOException {
        if (follower != null) {
            if (reader.next() != follower.first) {
                String file = String.valueOf(follower.path.getFileName());
                throw Segment.damaged(
                        s.path,
                        reader.end(),
                        "the record of command " + reader.next() + " is missing or broken, and " + file
                                + " goes on with " + follower.first,
                        null);
            }
            return;
        }
        SegmentReader.Rest rest = reader.rest();
        if (rest == SegmentReader.Rest.DAMAGED) {
            throw Segment.damaged(
                    s.path,
                    reader.end(),
                    "the record of command " + reader.next() + " is broken, and later ones say that it was on the disk",
                    null);
        }
        if (s.sealed && (rest != SegmentReader.Rest.EMPTY || reader.next() == s.first)) {
            throw Segment.damaged(s.path, reader.end(), "the record of command " + s.first + " is broken", null);
        }
        if (!s.sealed) {
            checkSize(s, opened);
            takeBack(s, reader, opened);
        }
    }

    /** A file that is written to has its whole length from the beginning. */
    private void checkSize(Segment s, LogFile opened) throws IOException {
        long size = opened.size();
        if (size < segmentBytes) {
            throw Segment.damaged(
                    s.path,
                    size,
                    "it ends there, and has " + segmentBytes
                            + " bytes when it is whole (was it cut off, or not copied to its end?)",
                    null);
        }
    }

    /**
     * Zeros what is behind the last record, and brings the file to the disk once more: after a sync that failed, the system may show what the disk
     * does not have, and would not write it by another sync.
     */
    private void takeBack(Segment s, SegmentReader reader, LogFile opened) throws IOException {
        long torn = reader.torn();
        if (torn > 0) {
            String dropped = "{}: the last write was cut off: {} bytes from byte {} on are dropped; {}";
            if (fsync.equals(Fsync.ALWAYS)) {
                log.info(dropped, s.path, torn, reader.end(), "with --fsync always nobody was answered");
            } else {
                log.warn(dropped, s.path, torn, reader.end(), "with --fsync " + fsync + " this may have been answered");
            }
        }
        byte[] part = new byte[Disk.CHUNK];
        for (long at = 0; at < reader.end(); at += part.length) {
            int n = Disk.read(opened, part, (int) Math.min(part.length, reader.end() - at), at);
            Disk.write(opened, part, 0, n, at);
        }
        Arrays.fill(part, (byte) 0);
        for (long at = reader.end(); at < reader.end() + torn; at += part.length) {
            Disk.write(opened, part, 0, (int) Math.min(part.length, reader.end() + torn - at), at);
        }
        opened.sync();
    }
}
