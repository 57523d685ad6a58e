package io.multiproc.engines;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/**
 * The state that the campaign replicates: numbers by key, and for each client its last request and the answer to it, so that a request that comes again is
 * not done again. A record is commands of {@link #COMMAND} bytes; the answer is a number for each.
 */
final class Registers implements Engine.Machine {
    /** {@code i64 client, i64 request, u8 operation, i32 key, i32 a, i32 b}, and zeros. */
    static final int COMMAND = 100;

    static final byte GET = 1;
    static final byte SET = 2;
    static final byte CAS = 3;
    static final byte ADD = 4;

    private static final int MARKS = 1000;

    private record Done(long request, int answer) {}

    private final Map<Integer, Integer> values = new TreeMap<>();
    private final Map<Long, Done> clients = new TreeMap<>();
    /** A hash over all commands and answers, and what it was after each of the last ones. */
    private long hash;

    private long count;
    private final ArrayDeque<Long> marks = new ArrayDeque<>();

    static byte[] command(long client, long request, byte operation, int key, int a, int b) {
        byte[] bytes = new byte[COMMAND];
        ByteBuffer.wrap(bytes)
                .putLong(client)
                .putLong(request)
                .put(operation)
                .putInt(key)
                .putInt(a)
                .putInt(b);
        return bytes;
    }

    synchronized int get(int key) {
        return values.getOrDefault(key, 0);
    }

    @Override
    public synchronized byte[] apply(byte[] record) {
        ByteBuffer in = ByteBuffer.wrap(record);
        ByteBuffer out = ByteBuffer.allocate(record.length / COMMAND * 4);
        for (int at = 0; at < record.length; at += COMMAND) {
            in.position(at);
            out.putInt(apply(in.getLong(), in.getLong(), in.get(), in.getInt(), in.getInt(), in.getInt()));
        }
        return out.array();
    }

    private int apply(long client, long request, byte operation, int key, int a, int b) {
        Done done = clients.get(client);
        int answer;
        if (done != null && request <= done.request) {
            answer = done.answer;
        } else {
            answer = change(operation, key, a, b);
            clients.put(client, new Done(request, answer));
        }
        count++;
        for (long word : new long[] {client, request, operation, key, a, b, answer}) {
            hash = Long.rotateLeft((hash ^ word) * 0x9E3779B97F4A7C15L, 23);
        }
        marks.addLast(hash);
        if (marks.size() > MARKS) {
            marks.removeFirst();
        }
        return answer;
    }

    private int change(byte operation, int key, int a, int b) {
        int old = get(key);
        switch (operation) {
            case SET -> values.put(key, a);
            case CAS -> {
                if (old != a) {
                    return 0;
                }
                values.put(key, b);
                return 1;
            }
            case ADD -> {
                values.put(key, old + a);
                return old + a;
            }
            default -> throw new IllegalArgumentException("operation " + operation);
        }
        return 0;
    }

    /** How many commands were applied, the hash, and what it was after each of the last ones if wanted, newest first: {@code count=N hash=H marks=H,...}. */
    synchronized String text(boolean wanted) {
        StringBuilder s = new StringBuilder("count=" + count + " hash=" + Long.toHexString(hash) + " marks=");
        if (wanted) {
            marks.descendingIterator()
                    .forEachRemaining(h -> s.append(Long.toHexString(h)).append(','));
        }
        return s.toString();
    }

    @Override
    public synchronized byte[] snapshot() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(count);
            out.writeLong(hash);
            out.writeInt(values.size());
            for (Map.Entry<Integer, Integer> e : values.entrySet()) {
                out.writeInt(e.getKey());
                out.writeInt(e.getValue());
            }
            out.writeInt(clients.size());
            for (Map.Entry<Long, Done> e : clients.entrySet()) {
                out.writeLong(e.getKey());
                out.writeLong(e.getValue().request);
                out.writeInt(e.getValue().answer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public synchronized void restore(byte[] snapshot) {
        values.clear();
        clients.clear();
        marks.clear();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(snapshot))) {
            count = in.readLong();
            hash = in.readLong();
            for (int n = in.readInt(); n > 0; n--) {
                values.put(in.readInt(), in.readInt());
            }
            for (int n = in.readInt(); n > 0; n--) {
                clients.put(in.readLong(), new Done(in.readLong(), in.readInt()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
