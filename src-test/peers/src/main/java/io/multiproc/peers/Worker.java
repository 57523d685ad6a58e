package io.multiproc.peers;

import io.lettuce.core.RedisClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A client process: {@code Worker CLIENT ADDRESS}. Reads lines {@code WORKLOAD N MILLIS} and answers each with
 * {@code = RATE P50 P99}, {@code = unsupported} or {@code ! what went wrong}. Ends with its standard input.
 */
public final class Worker {
    private Worker() {}

    /** Runs until standard input ends. */
    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err);
        String address = args[1];
        Workloads workloads;
        try {
            workloads = workloads(args[0], address);
        } catch (Exception e) {
            out.println("! " + e);
            System.exit(1);
            return;
        }
        out.println("= ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = in.readLine()) != null) {
            String[] words = line.split(" ");
            try {
                out.println("= "
                        + workloads
                                .run(words[0], Integer.parseInt(words[1]), Long.parseLong(words[2]))
                                .line());
            } catch (Client.Unsupported e) {
                out.println("= unsupported");
            } catch (Exception e) {
                e.printStackTrace();
                out.println("! " + e);
            }
        }
        System.exit(0);
    }

    private static Workloads workloads(String client, String address) throws Exception {
        return switch (client) {
            case "multiproc" -> new Workloads(() -> new MultiprocClient(address), () -> MultiprocClient.first(address));
            case "echo-socket" -> new Workloads(
                    () -> new EchoSocketClient(address), () -> EchoSocketClient.first(address));
            case "echo-netty" -> new Workloads(
                    () -> new EchoNettyClient(address), () -> EchoSocketClient.first(address));
            case "jedis" -> new Workloads(() -> new JedisClient(address), () -> JedisClient.first(address));
            case "lettuce" -> {
                RedisClient shared = RedisClient.create();
                yield new Workloads(() -> new LettuceClient(address), () -> LettuceClient.first(shared, address));
            }
            case "redisson" -> new Workloads(() -> new RedissonPeer(address), () -> RedissonPeer.first(address));
            case "disk" -> {
                DiskClient disk = new DiskClient();
                yield new Workloads(() -> disk, () -> disk);
            }
            case "postgres" -> new Workloads(() -> new PostgresPeer(address), () -> new PostgresPeer(address));
            case "hazelcast" -> new Workloads(() -> new HazelcastPeer(address), () -> HazelcastPeer.first(address));
            default -> throw new IllegalArgumentException("no client is called " + client);
        };
    }
}
