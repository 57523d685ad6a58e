package io.multiproc.peers;

import io.multiproc.client.AsyncLock;
import io.multiproc.client.DictProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Ours. The address is {@code URI key-file}. */
final class MultiprocClient implements Client {
    private final Manager manager;
    private final DictProxy<String, String> dict;
    private final DictProxy<String, byte[]> blobs;
    private final DictProxy<String, Long> counters;
    private final QueueProxy<String> queue;
    private final ListProxy<String> list;
    private final LockProxy lock;
    private final Map<Integer, AsyncLock> holders = new ConcurrentHashMap<>();

    MultiprocClient(String address) {
        String[] parts = address.split(" ", 2);
        manager =
                Manager.connect(ManagerOptions.defaults().withAddress(parts[0]).withAuthkeyFile(Path.of(parts[1])));
        dict = manager.dict("bench", String.class, String.class);
        blobs = manager.dict("blobs", String.class, byte[].class);
        counters = manager.dict("counters", String.class, Long.class);
        queue = manager.queue("queue", String.class, 10_000);
        list = manager.list("list", String.class);
        lock = manager.lock("lock");
    }

    /** What a client does before its first operation, and that one. */
    static AutoCloseable first(String address) {
        String[] parts = address.split(" ", 2);
        Manager manager =
                Manager.connect(ManagerOptions.defaults().withAddress(parts[0]).withAuthkeyFile(Path.of(parts[1])));
        manager.dict("bench", String.class, String.class).set("first", "operation");
        return manager;
    }

    @Override
    public void put(String key, String value) {
        dict.set(key, value);
    }

    @Override
    public Object get(String key) {
        return String.valueOf(dict.get(key));
    }

    @Override
    public CompletionStage<?> putLater(String key, String value) {
        return dict.async().set(key, value);
    }

    @Override
    public CompletionStage<?> getLater(String key) {
        return dict.async().get(key);
    }

    @Override
    public void produce(String item) throws InterruptedException {
        queue.put(item);
    }

    @Override
    public String consume() throws InterruptedException {
        return queue.take();
    }

    @Override
    public void lockAndUnlock() {
        lock.lock();
        lock.unlock();
    }

    @Override
    public long increment() {
        return counters.add("n", 1L);
    }

    @Override
    public void putBytes(String key, byte[] value) {
        blobs.set(key, value);
    }

    @Override
    public byte[] getBytes(String key) {
        byte[] value = blobs.get(key);
        return value == null ? new byte[0] : value;
    }

    @Override
    public void putAll(Map<String, String> entries) {
        dict.putAll(entries);
    }

    @Override
    public void fillList(int size) {
        list.clear();
        // more than ten thousand at once would not fit a frame for long
        for (int left = size; left > 0; left -= 10_000) {
            list.addAll(Collections.nCopies(Math.min(left, 10_000), Workloads.VALUE));
        }
    }

    @Override
    public int walkList() {
        int n = 0;
        for (String ignored : list) {
            n += ignored.isEmpty() ? 0 : 1;
        }
        return n;
    }

    @Override
    public CompletionStage<?> elementLater(int index) {
        return list.async().get(index);
    }

    @Override
    public CompletionStage<?> insertAndRemoveLater(int index) {
        return list.async()
                .insert(index, Workloads.VALUE)
                .thenCombine(list.async().pop(index), (none, removed) -> removed);
    }

    @Override
    public CompletionStage<?> lockLater(int holder) {
        return holders.computeIfAbsent(holder, h -> lock.async()).lock();
    }

    @Override
    public CompletionStage<?> unlockLater(int holder) {
        return holders.computeIfAbsent(holder, h -> lock.async()).unlock();
    }

    @Override
    public void close() {
        manager.close();
    }
}
