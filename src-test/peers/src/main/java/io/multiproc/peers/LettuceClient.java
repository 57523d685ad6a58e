package io.multiproc.peers;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Redis by Lettuce: one connection that all threads share, and one more for takes that wait. */
final class LettuceClient implements Client {
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final RedisCommands<String, String> sync;
    private final RedisAsyncCommands<String, String> async;
    private final RedisCommands<byte[], byte[]> bytes;
    private final RedisCommands<String, String> waiting;

    LettuceClient(String address) {
        client = RedisClient.create(uri(address));
        connection = client.connect();
        sync = connection.sync();
        async = connection.async();
        bytes = client.connect(ByteArrayCodec.INSTANCE).sync();
        waiting = client.connect().sync();
    }

    private static RedisURI uri(String address) {
        RedisURI uri = RedisURI.create(address.contains("://") ? address : "redis://" + address);
        // the certificate of a benchmark is nobody's
        uri.setVerifyPeer(false);
        return uri;
    }

    /** The client object with its threads is made once, as its documentation asks; each connection is new. */
    static AutoCloseable first(RedisClient client, String address) {
        StatefulRedisConnection<String, String> c = client.connect(uri(address));
        c.sync().set("first", "operation");
        return c;
    }

    @Override
    public void put(String key, String value) {
        sync.hset("bench", key, value);
    }

    @Override
    public Object get(String key) {
        return String.valueOf(sync.hget("bench", key));
    }

    @Override
    public CompletionStage<?> putLater(String key, String value) {
        return async.hset("bench", key, value);
    }

    @Override
    public CompletionStage<?> getLater(String key) {
        return async.hget("bench", key);
    }

    @Override
    public void produce(String item) {
        sync.lpush("queue", item);
    }

    @Override
    public String consume() {
        return waiting.brpop(0, "queue").getValue();
    }

    @Override
    public long increment() {
        return sync.incr("counter");
    }

    @Override
    public void putBytes(String key, byte[] value) {
        bytes.set(key.getBytes(StandardCharsets.US_ASCII), value);
    }

    @Override
    public byte[] getBytes(String key) {
        return bytes.get(key.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void putAll(Map<String, String> entries) {
        sync.hset("bench", entries);
    }

    @Override
    public void fillList(int size) {
        sync.del("list");
        sync.rpush("list", Collections.nCopies(size, "v".repeat(100)).toArray(String[]::new));
    }

    @Override
    public int walkList() {
        return sync.lrange("list", 0, -1).size();
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
