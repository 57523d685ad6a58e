package io.multiproc.server.log;

import io.multiproc.server.snapshot.PrivateFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The file system as a log uses it, so that tests can put one that fails in its place. */
public interface Disk {
    /** The one of this machine. */
    Disk REAL = new Disk() {
        @Override
        public LogFile create(Path path) throws IOException {
            return new Real(PrivateFiles.create(path));
        }

        @Override
        public LogFile open(Path path) throws IOException {
            return new Real(FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void delete(Path path) throws IOException {
            Files.deleteIfExists(path);
        }

        @Override
        public void syncFolder(Path folder) throws IOException {
            PrivateFiles.syncFolder(folder);
        }
    };

    /** Makes a file that only its owner can read; fails if there is one. */
    LogFile create(Path path) throws IOException;

    LogFile open(Path path) throws IOException;

    void rename(Path from, Path to) throws IOException;

    /** Does nothing if it is not there. */
    void delete(Path path) throws IOException;

    /** Has what was made, renamed and deleted in a folder survive the end of the machine. */
    void syncFolder(Path folder) throws IOException;

    /** An open file. */
    interface LogFile extends Closeable {
        long size() throws IOException;

        /** May read less than there is room for; -1 at the end. */
        int read(ByteBuffer into, long position) throws IOException;

        /** May write less than there is. */
        int write(ByteBuffer bytes, long position) throws IOException;

        /** Has what was written survive the end of the machine. */
        void sync() throws IOException;

        /** Takes the file for this process until it is closed; false if another one has it. Closing the file anywhere in this process ends that. */
        boolean tryLock() throws IOException;
    }

    /** A file of this machine. */
    record Real(FileChannel channel) implements LogFile {
        /** Behind all bytes: where a lock keeps others from reading, the files can be copied all the same. */
        private static final long LOCKED = 1L << 40;

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return channel.read(into, position);
        }

        @Override
        public int write(ByteBuffer bytes, long position) throws IOException {
            return channel.write(bytes, position);
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public boolean tryLock() throws IOException {
            try {
                return channel.tryLock(LOCKED, 1, false) != null;
            } catch (OverlappingFileLockException e) {
                return false; // a server in this very process
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Bytes of one system call: more would make the JVM keep as much memory outside of the heap. */
    int CHUNK = 256 << 10;

    /** Writes all of it. */
    static void write(LogFile file, byte[] bytes, int from, int length, long position) throws IOException {
        int done = 0;
        while (done < length) {
            ByteBuffer chunk = ByteBuffer.wrap(bytes, from + done, Math.min(CHUNK, length - done));
            int n = file.write(chunk, position + done);
            if (n <= 0) {
                throw new IOException("nothing could be written");
            }
            done += n;
        }
    }

    /** Reads so many bytes, or what there is before the end, and returns how many. */
    static int read(LogFile file, byte[] into, int length, long position) throws IOException {
        int done = 0;
        while (done < length) {
            ByteBuffer chunk = ByteBuffer.wrap(into, done, Math.min(CHUNK, length - done));
            int n = file.read(chunk, position + done);
            if (n < 0) {
                break;
            }
            done += n;
        }
        return done;
    }
}
