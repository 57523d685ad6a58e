package io.multiproc.client.memory;

import io.multiproc.client.internal.local.LocalBlock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * A block of memory with a name that processes share: Python's {@code multiprocessing.shared_memory.SharedMemory}, and the same block
 * for Python programs on this machine.
 *
 * <p>As an argument of a process or item of a queue it is attached by the receiver. Thread-safe; the bytes are as safe as
 * what you do with them: plain access is not atomic, {@code MethodHandles.byteBufferViewVarHandle} on {@link #buffer()} is.
 */
public final class SharedMemory implements AutoCloseable {
    private final LocalBlock block;
    private volatile boolean closed;

    private SharedMemory(LocalBlock block) {
        this.block = block;
    }

    /**
     * {@return a new block of zeros, 1 byte to 2 GiB less one, with a name of its own} See {@link #create(String, int)}.
     *
     * @param size the number of bytes
     */
    public static SharedMemory create(int size) {
        return make(null, size);
    }

    /**
     * {@return a new block of zeros} All of its memory is taken at once.
     *
     * @param name 1 to 200 of {@code A-Z a-z 0-9 _ - .}, without a dot at the beginning
     * @param size the number of bytes
     * @throws IllegalStateException if there is a block of that name
     * @throws IllegalArgumentException if the name or size cannot be
     * @throws UncheckedIOException if there is no room for it; nothing is left behind
     */
    public static SharedMemory create(String name, int size) {
        return make(name, size);
    }

    private static SharedMemory make(@Nullable String name, int size) {
        return new SharedMemory(newBlock(name, size));
    }

    static LocalBlock newBlock(@Nullable String name, int size) {
        if (size <= 0) {
            throw new IllegalArgumentException("a block has at least 1 byte, not " + size);
        }
        try {
            return LocalBlock.create(name, size);
        } catch (FileAlreadyExistsException e) {
            throw new IllegalStateException(
                    "the name of shared memory is in use: " + name + "; attach to it, or unlink it first", e);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "no shared memory of " + size + " bytes: " + e.getMessage()
                            + " (see the property multiproc.memory.dir)",
                    e);
        }
    }

    /**
     * {@return a block that is there, whoever created it} It may be larger than was asked for, if Python created it on another system.
     *
     * @param name the name of the block
     * @throws IllegalStateException if there is none of that name: it was unlinked, or all its processes have ended
     */
    public static SharedMemory attach(String name) {
        return new SharedMemory(existing(name));
    }

    static LocalBlock existing(String name) {
        try {
            return LocalBlock.attach(name);
        } catch (NoSuchFileException e) {
            throw new IllegalStateException(
                    "there is no shared memory '" + name + "': it was unlinked, or all its processes have ended", e);
        } catch (IOException e) {
            throw new UncheckedIOException("shared memory '" + name + "' cannot be attached: " + e.getMessage(), e);
        }
    }

    /** {@return its name, for {@link #attach}} */
    public String name() {
        return block.name();
    }

    /** {@return its bytes in number} */
    public int size() {
        return block.memory().capacity();
    }

    /**
     * {@return all of it, in the machine's byte order, with a position and limit of its own}
     *
     * @throws IllegalStateException after {@link #close}; a buffer that was given out before remains usable
     */
    public ByteBuffer buffer() {
        if (closed) {
            throw new IllegalStateException("the shared memory " + name() + " was closed here");
        }
        return block.memory().duplicate().order(ByteOrder.nativeOrder());
    }

    /** Ends the use of this object. The block stays. The JVM gives back the address space when no buffer of it is left. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            release(block);
        }
    }

    static void release(LocalBlock block) {
        try {
            block.released();
        } catch (IOException e) {
            // it is released with the process
        }
    }

    /** Removes the name, so that it can be used anew; the memory goes when the last who has attached lets go. Nothing if it is removed already. */
    public void unlink() {
        unlink(block);
    }

    static void unlink(LocalBlock block) {
        try {
            boolean ignored = block.unlink();
        } catch (IOException e) {
            throw new UncheckedIOException("shared memory '" + block.name() + "' cannot be unlinked", e);
        }
    }

    @Override
    public String toString() {
        return "SharedMemory(" + name() + ", size=" + size() + ")";
    }
}
