package io.multiproc.peers;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.RedisClient;

/** Redis by Jedis: blocking sockets from a pool with one connection for each thread. */
final class JedisClient implements Client {
    private final RedisClient redis;

    JedisClient(String address) {
        GenericObjectPoolConfig<Connection> pool = new GenericObjectPoolConfig<>();
        pool.setMaxTotal(64);
        pool.setMaxIdle(64);
        pool.setJmxEnabled(false);
        String[] parts = address.split(":");
        redis = RedisClient.builder()
                .hostAndPort(parts[0], Integer.parseInt(parts[1]))
                .poolConfig(pool)
                .build();
    }

    static AutoCloseable first(String address) {
        JedisClient client = new JedisClient(address);
        client.put("first", "operation");
        return client;
    }

    @Override
    public void put(String key, String value) {
        redis.hset("bench", key, value);
    }

    @Override
    public Object get(String key) {
        return String.valueOf(redis.hget("bench", key));
    }

    @Override
    public void produce(String item) {
        redis.lpush("queue", item);
    }

    @Override
    public String consume() {
        return redis.brpop(0, "queue").get(1);
    }

    @Override
    public long increment() {
        return redis.incr("counter");
    }

    @Override
    public void putBytes(String key, byte[] value) {
        redis.set(key.getBytes(StandardCharsets.US_ASCII), value);
    }

    @Override
    public byte[] getBytes(String key) {
        return redis.get(key.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void putAll(Map<String, String> entries) {
        redis.hset("bench", entries);
    }

    @Override
    public void fillList(int size) {
        redis.del("list");
        redis.rpush("list", Collections.nCopies(size, "v".repeat(100)).toArray(String[]::new));
    }

    @Override
    public int walkList() {
        List<String> all = redis.lrange("list", 0, -1);
        return all.size();
    }

    @Override
    public void close() {
        redis.close();
    }
}
