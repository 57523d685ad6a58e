package io.multiproc.peers;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.collection.IList;
import com.hazelcast.collection.IQueue;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.crdt.pncounter.PNCounter;
import com.hazelcast.map.IMap;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Hazelcast as client and server. Its counter is the PNCounter, which is only eventually consistent: the linearizable one is
 * not in the free edition. Its lock is {@code IMap.lock}, for the same reason.
 */
final class HazelcastPeer implements Client {
    private final HazelcastInstance client;
    private final IMap<String, String> map;
    private final IMap<String, byte[]> blobs;
    private final IQueue<String> queue;
    private final PNCounter counter;
    private final IList<String> list;

    HazelcastPeer(String address) {
        client = client(address);
        map = client.getMap("bench");
        blobs = client.getMap("blobs");
        queue = client.getQueue("queue");
        counter = client.getPNCounter("counter");
        list = client.getList("list");
    }

    private static HazelcastInstance client(String address) {
        ClientConfig config = new ClientConfig();
        config.setProperty("hazelcast.logging.type", "none");
        config.getNetworkConfig().addAddress(address);
        return HazelcastClient.newHazelcastClient(config);
    }

    static AutoCloseable first(String address) {
        HazelcastInstance client = client(address);
        client.getMap("bench").set("first", "operation");
        return client::shutdown;
    }

    /** A server process: prints where it listens, ends with its standard input. */
    public static void main(String[] args) throws Exception {
        Config config = new Config();
        config.setProperty("hazelcast.logging.type", "none");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.getNetworkConfig().setPort(Integer.parseInt(args[0])).setPortAutoIncrement(false);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(false);
        config.getQueueConfig("queue").setMaxSize(10_000);
        Hazelcast.newHazelcastInstance(config);
        System.out.println("ready");
        System.in.readAllBytes();
        System.exit(0);
    }

    @Override
    public void put(String key, String value) {
        map.set(key, value);
    }

    @Override
    public Object get(String key) {
        return String.valueOf(map.get(key));
    }

    @Override
    public CompletionStage<?> putLater(String key, String value) {
        return map.setAsync(key, value);
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
        map.lock("lock");
        map.unlock("lock");
    }

    @Override
    public long increment() {
        return counter.incrementAndGet();
    }

    @Override
    public void putBytes(String key, byte[] value) {
        blobs.set(key, value);
    }

    @Override
    public byte[] getBytes(String key) {
        return blobs.get(key);
    }

    @Override
    public void putAll(Map<String, String> entries) {
        map.putAll(entries);
    }

    @Override
    public void fillList(int size) {
        list.clear();
        list.addAll(Collections.nCopies(size, "v".repeat(100)));
    }

    @Override
    public int walkList() {
        int n = 0;
        for (String s : list) {
            n += s.isEmpty() ? 0 : 1;
        }
        return n;
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
