package io.multiproc.tests.memory;

import io.multiproc.client.memory.ShareableList;
import io.multiproc.client.memory.SharedArray;
import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.memory.SharedMemory;
import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.process.ManagedProcess;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the children of the tests do. */
final class Programs {
    private Programs() {}

    static void increment(SharedValue<Integer> counter, int times) {
        for (int i = 0; i < times; i++) {
            counter.getLock().lock();
            try {
                counter.set(counter.get() + 1);
            } finally {
                counter.getLock().unlock();
            }
        }
    }

    static void incrementUnder(SharedLock lock, SharedValue<Long> counter, int times) {
        for (int i = 0; i < times; i++) {
            lock.lock();
            try {
                counter.setLong(counter.getLong() + 1);
            } finally {
                lock.unlock();
            }
        }
    }

    static void addAtomically(List<SharedArray<Integer>> all, int times) {
        for (SharedArray<Integer> counters : all) {
            for (int i = 0; i < times; i++) {
                counters.add(i % counters.size(), 1);
            }
        }
    }

    static void doubled(SharedArray<Double> array) {
        for (int i = 0; i < array.size(); i++) {
            array.set(i, array.get(i) * 2);
        }
    }

    static void squares(List<Integer> numbers, SharedArray<Integer> result, SharedValue<Integer> sum) {
        for (int i = 0; i < numbers.size(); i++) {
            result.set(i, numbers.get(i) * numbers.get(i));
        }
        sum.set(result.toList().stream().mapToInt(Integer::intValue).sum());
    }

    static void withdraw(SharedValue<Integer> balance, int times, int by) {
        for (int i = 0; i < times; i++) {
            balance.getLock().lock();
            try {
                balance.set(balance.get() - by);
            } finally {
                balance.getLock().unlock();
            }
        }
    }

    static void holdForEver(SharedValue<Integer> value, Connection to) throws Exception {
        value.getLock().lock();
        value.set(7);
        to.send("holds");
        Thread.sleep(Long.MAX_VALUE);
    }

    static void edit(SharedMemory memory, ShareableList list) {
        memory.buffer().putLong(8, 42);
        list.set(0, "seen by " + memory.size());
    }

    /** Takes blocks, says their names, and waits. */
    static void takes(Connection to, int blocks, boolean child) throws Exception {
        for (int i = 0; i < blocks; i++) {
            SharedMemory m = SharedMemory.create(1000);
            m.buffer().putInt(0, i);
            to.send(m.name());
        }
        if (child) {
            io.multiproc.client.pipe.Pipe own = io.multiproc.client.pipe.Pipe.open(true);
            new ManagedProcess(Programs::waits, own.second()).daemon(true).start();
            to.send(own.first().recv());
        }
        Thread.sleep(Long.MAX_VALUE);
    }

    static void waits(Connection to) throws Exception {
        SharedMemory.create(10);
        to.send(ProcessHandle.current().pid());
        Thread.sleep(Long.MAX_VALUE);
    }

    static void createsOneThatStays(Connection to) throws Exception {
        SharedMemory m = SharedMemory.create(10);
        m.buffer().put(0, (byte) 5);
        to.send(m);
        // ends when the other has it
        to.recv();
    }

    /** In a file system of one megabyte. */
    static void fillAndReport(String folder) {
        SharedMemory small = SharedMemory.create("small", 1000);
        try {
            SharedMemory.create("large", 64 << 20);
            throw new AssertionError("there was room");
        } catch (UncheckedIOException e) {
            if (!e.getMessage().contains("no shared memory of 67108864 bytes")) {
                throw new AssertionError(e);
            }
        }
        if (Files.exists(Path.of(folder, "large"))) {
            throw new AssertionError("half a block is left");
        }
        small.buffer().putInt(0, 1);
        // what the large one had taken is free again
        SharedMemory.create("medium", 100_000).unlink();
    }
}
