package io.multiproc.peers;

import java.util.Collections;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.redisson.Redisson;
import org.redisson.api.RAtomicLong;
import org.redisson.api.RBlockingQueue;
import org.redisson.api.RList;
import org.redisson.api.RLock;
import org.redisson.api.RMap;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** Redis by Redisson, with its plain text codec. */
final class RedissonPeer implements Client {
    private final RedissonClient redisson;
    private final RMap<String, String> map;
    private final RBlockingQueue<String> queue;
    private final RLock lock;
    private final RAtomicLong counter;
    private final RList<String> list;

    RedissonPeer(String address) {
        redisson = client(address);
        map = redisson.getMap("bench", StringCodec.INSTANCE);
        queue = redisson.getBlockingQueue("queue", StringCodec.INSTANCE);
        lock = redisson.getLock("lock");
        counter = redisson.getAtomicLong("counter");
        list = redisson.getList("list", StringCodec.INSTANCE);
    }

    private static RedissonClient client(String address) {
        Config config = new Config();
        config.useSingleServer().setAddress("redis://" + address);
        return Redisson.create(config);
    }

    static AutoCloseable first(String address) {
        RedissonClient client = client(address);
        client.getMap("bench", StringCodec.INSTANCE).fastPut("first", "operation");
        return client::shutdown;
    }

    @Override
    public void put(String key, String value) {
        map.fastPut(key, value);
    }

    @Override
    public Object get(String key) {
        return String.valueOf(map.get(key));
    }

    @Override
    public CompletionStage<?> putLater(String key, String value) {
        return map.fastPutAsync(key, value);
    }

    @Override
    public CompletionStage<?> getLater(String key) {
        return map.getAsync(key);
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
        return counter.incrementAndGet();
    }

    @Override
    public void putBytes(String key, byte[] value) {
        redisson.getBucket(key, ByteArrayCodec.INSTANCE).set(value);
    }

    @Override
    public byte[] getBytes(String key) {
        return redisson.<byte[]>getBucket(key, ByteArrayCodec.INSTANCE).get();
    }

    @Override
    public void putAll(Map<String, String> entries) {
        map.putAll(entries);
    }

    @Override
    public void fillList(int size) {
        list.delete();
        list.addAll(Collections.nCopies(size, "v".repeat(100)));
    }

    @Override
    public int walkList() {
        return list.readAll().size();
    }

    @Override
    public void close() {
        redisson.shutdown();
    }
}
