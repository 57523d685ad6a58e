package io.multiproc.engines;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A node of the campaign's cluster: an engine, the replicated registers, and a Unix socket for callers, which no partition of the network closes. Commands that wait
 * become one record.
 *
 * <p>Request: {@code i64 tag} and {@link Registers#COMMAND} bytes, whose operation may also be one of those below. Reply: {@code i64 tag, u8 status, i32 length}
 * and content.
 */
final class Node {
    static final byte STATUS = 10;
    static final byte TRANSFER = 11;
    static final byte CHANGE = 12;
    static final byte SNAPSHOT = 14;

    static final byte DONE = 0;
    static final byte NOT_LEADER = 1;
    static final byte UNKNOWN = 2;

    private static final int MOST = 512;
    private static final int WINDOW = 8;

    private record Pending(Connection from, long tag, byte[] command) {}

    private final Registers registers = new Registers();
    private final Engine engine;
    private final List<Engine.Member> hosts;
    private final LinkedBlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
    private final Semaphore window = new Semaphore(WINDOW);

    /** Words: engine, name, folder, all hosts as {@code name=host,...}, the voters' names (empty: it joins later). */
    public static void main(String[] words) throws Exception {
        Path folder = Path.of(words[2]);
        List<Engine.Member> hosts = new ArrayList<>();
        for (String host : words[3].split(",")) {
            String[] parts = host.split("=");
            hosts.add(new Engine.Member(parts[0], parts[1]));
        }
        Set<String> names = Set.of(words[4].split(","));
        List<Engine.Member> voters =
                hosts.stream().filter(m -> names.contains(m.name())).toList();
        Thread.setDefaultUncaughtExceptionHandler((t, e) -> {
            System.err.println("uncaught in " + t.getName());
            e.printStackTrace();
        });
        try {
            new Node(words[0], words[1], folder, hosts, voters).serve(folder.resolve("control"));
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private Node(String kind, String name, Path folder, List<Engine.Member> hosts, List<Engine.Member> voters)
            throws Exception {
        this.hosts = hosts;
        Path data = folder.resolve("data");
        Files.createDirectories(data);
        String host = hosts.stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .orElseThrow()
                .host();
        engine = switch (kind) {
            case "ratis" -> new RatisEngine(name, data, host, voters, registers, "grpc", false);
            case "ratis-log" -> new RatisEngine(name, data, host, voters, registers, "grpc", true);
            case "ratis-netty" -> new RatisEngine(name, data, host, voters, registers, "netty", false);
            case "microraft" -> new MicroEngine(name, data, hosts, voters, registers);
            case "jgroups" -> new JgroupsEngine(name, data, hosts, voters, registers, false);
            case "jgroups-log" -> new JgroupsEngine(name, data, hosts, voters, registers, true);
            default -> throw new IllegalArgumentException("no engine " + kind);
        };
    }

    private void serve(Path socket) throws IOException {
        Thread bursts = new Thread(this::bursts, "bursts");
        bursts.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                engine.close();
            } catch (Exception e) {
                e.printStackTrace();
            }
        }));
        Files.deleteIfExists(socket);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket), 1000);
            System.out.println("serving");
            while (true) {
                new Connection(server.accept()).start();
            }
        }
    }

    private void bursts() {
        List<Pending> burst = new ArrayList<>();
        while (true) {
            try {
                burst.clear();
                window.acquire();
                burst.add(queue.take());
                queue.drainTo(burst, MOST - 1);
                send(burst);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                e.printStackTrace();
            }
        }
    }

    private void send(List<Pending> burst) {
        List<Pending> writes = new ArrayList<>();
        List<Pending> reads = new ArrayList<>();
        burst.forEach(p -> (operation(p.command) == Registers.GET ? reads : writes).add(p));
        CompletableFuture<?> done = CompletableFuture.completedFuture(null);
        if (!reads.isEmpty()) {
            done = engine.readBarrier().orTimeout(5, TimeUnit.SECONDS).handle((r, e) -> {
                if (e == null) {
                    ByteBuffer answers = ByteBuffer.allocate(4 * reads.size());
                    reads.forEach(p -> answers.putInt(registers.get(
                            ByteBuffer.wrap(p.command).position(17).getInt())));
                    answer(reads, answers.array());
                } else {
                    fail(reads, e);
                }
                return null;
            });
        }
        if (!writes.isEmpty()) {
            CompletableFuture<?> write = write(writes);
            done = reads.isEmpty() ? write : CompletableFuture.allOf(done, write);
        }
        done.whenComplete((r, e) -> window.release());
    }

    private CompletableFuture<?> write(List<Pending> writes) {
        byte[] record = new byte[writes.size() * Registers.COMMAND];
        for (int i = 0; i < writes.size(); i++) {
            System.arraycopy(writes.get(i).command, 0, record, i * Registers.COMMAND, Registers.COMMAND);
        }
        return engine.propose(record).orTimeout(5, TimeUnit.SECONDS).handle((r, e) -> {
            if (e == null) {
                answer(writes, r);
            } else {
                fail(writes, e);
            }
            return null;
        });
    }

    private static byte operation(byte[] command) {
        return command[16];
    }

    private static void answer(List<Pending> pending, byte[] answers) {
        if (answers == null || answers.length != 4 * pending.size()) {
            System.err.println("answers of " + (answers == null ? -1 : answers.length) + " bytes to " + pending.size());
            fail(pending, new IllegalStateException("no answer"));
            return;
        }
        Set<Connection> touched = new HashSet<>();
        for (int i = 0; i < pending.size(); i++) {
            Pending p = pending.get(i);
            byte[] content = {answers[4 * i], answers[4 * i + 1], answers[4 * i + 2], answers[4 * i + 3]};
            p.from.add(p.tag, DONE, content);
            touched.add(p.from);
        }
        touched.forEach(Connection::flush);
    }

    private static void fail(List<Pending> pending, Throwable error) {
        Throwable e = error instanceof CompletionException c && c.getCause() != null ? c.getCause() : error;
        byte status = e instanceof Engine.NotLeader ? NOT_LEADER : UNKNOWN;
        byte[] text = String.valueOf(e).getBytes(StandardCharsets.UTF_8);
        pending.forEach(p -> {
            p.from.add(p.tag, status, text);
            p.from.flush();
        });
    }

    private void control(Pending p) {
        ByteBuffer in = ByteBuffer.wrap(p.command).position(17);
        int key = in.getInt();
        CompletableFuture<?> done;
        try {
            done = switch (operation(p.command)) {
                case STATUS -> CompletableFuture.completedFuture("leads=" + engine.leads() + " members="
                        + String.join(",", engine.members()) + " " + registers.text(key != 0));
                case TRANSFER -> engine.transfer(hosts.get(key));
                case CHANGE -> engine.change(hosts.stream()
                        .filter(m -> (key & 1 << hosts.indexOf(m)) != 0)
                        .toList());
                case SNAPSHOT -> {
                    engine.snapshot();
                    yield CompletableFuture.completedFuture("");
                }
                default -> throw new IllegalArgumentException("operation " + operation(p.command));
            };
        } catch (Exception e) {
            done = CompletableFuture.failedFuture(e);
        }
        done.orTimeout(15, TimeUnit.SECONDS).whenComplete((r, e) -> {
            if (e == null) {
                p.from.add(p.tag, DONE, String.valueOf(r).getBytes(StandardCharsets.UTF_8));
                p.from.flush();
            } else {
                fail(List.of(p), e);
            }
        });
    }

    /** A caller's connection: its thread reads, whoever completes a request writes. */
    private final class Connection extends Thread {
        private final SocketChannel channel;
        private ByteBuffer out = ByteBuffer.allocate(4096);

        Connection(SocketChannel channel) {
            super("connection");
            setDaemon(true);
            this.channel = channel;
        }

        @Override
        public void run() {
            ByteBuffer in = ByteBuffer.allocate(64 << 10);
            try {
                while (channel.read(in) >= 0) {
                    in.flip();
                    while (in.remaining() >= 8 + Registers.COMMAND) {
                        long tag = in.getLong();
                        byte[] command = new byte[Registers.COMMAND];
                        in.get(command);
                        Pending p = new Pending(this, tag, command);
                        if (operation(command) >= STATUS) {
                            CompletableFuture.runAsync(() -> control(p));
                        } else {
                            queue.add(p);
                        }
                    }
                    in.compact();
                }
            } catch (IOException e) {
                // the caller is gone
            }
        }

        synchronized void add(long tag, byte status, byte[] content) {
            if (out.remaining() < 13 + content.length) {
                ByteBuffer more = ByteBuffer.allocate(2 * (out.capacity() + content.length));
                more.put(out.flip());
                out = more;
            }
            out.putLong(tag).put(status).putInt(content.length).put(content);
        }

        synchronized void flush() {
            out.flip();
            try {
                while (out.hasRemaining()) {
                    channel.write(out);
                }
            } catch (IOException e) {
                // the caller is gone
            }
            out.clear();
        }
    }
}
