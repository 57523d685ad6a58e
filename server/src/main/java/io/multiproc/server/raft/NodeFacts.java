package io.multiproc.server.raft;

import io.multiproc.protocol.wire.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The channel between nodes, on which each also tells the others what clients and the heap guard are to know of it. Facts are messages of their own, which begin with a
 * byte that no message of the log begins with: u8 0xFA, u8 format, u16 n, n texts (u16 length, UTF-8), i64 free heap, i64 largest heap, text version.
 */
public final class NodeFacts implements Nodes {
    private static final byte MARK = (byte) 0xFA;
    private static final int FORMAT = 1;
    private static final int MOST_URIS = 64;

    /**
     * What a node says of itself.
     *
     * @param uris where clients reach it
     * @param freeHeap bytes that may still be stored
     * @param largestHeap bytes of its heap
     * @param version of its program
     */
    public record Said(List<String> uris, long freeHeap, long largestHeap, String version) {
        public Said {
            uris = List.copyOf(uris);
        }

        byte[] encode() {
            ByteWriter out = new ByteWriter(128).u8(MARK & 0xff).u8(FORMAT).i16(uris.size());
            uris.forEach(uri -> text(out, uri));
            out.i64(freeHeap).i64(largestHeap);
            text(out, version);
            return out.toByteArray();
        }

        private static void text(ByteWriter out, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.i16(bytes.length).raw(bytes);
        }

        /** Null if the bytes are none, or of a format that is not known. */
        static @Nullable Said decode(byte[] message) {
            ByteBuffer in = ByteBuffer.wrap(message);
            try {
                if (in.get() != MARK || in.get() != FORMAT) {
                    return null;
                }
                int n = in.getShort() & 0xffff;
                if (n > MOST_URIS) {
                    return null;
                }
                List<String> uris = new ArrayList<>(n);
                for (int i = 0; i < n; i++) {
                    uris.add(text(in));
                }
                return new Said(uris, in.getLong(), in.getLong(), text(in));
            } catch (BufferUnderflowException e) {
                return null;
            }
        }

        private static String text(ByteBuffer in) {
            byte[] bytes = new byte[in.getShort() & 0xffff];
            in.get(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private final Nodes channel;
    private final Supplier<Said> own;
    private final Map<String, Said> said = new ConcurrentHashMap<>();
    private final Set<String> connected = ConcurrentHashMap.newKeySet();

    /** @param own what this node says of itself; asked each time */
    public NodeFacts(Nodes channel, Supplier<Said> own) {
        this.channel = channel;
        this.own = own;
    }

    /** What a node has said last; null if it never said anything. On any thread. */
    public @Nullable Said of(String node) {
        return said.get(node);
    }

    /** What the nodes that are connected have said last. On any thread. */
    public List<Said> ofConnected() {
        List<Said> out = new ArrayList<>();
        for (String node : connected) {
            Said s = said.get(node);
            if (s != null) {
                out.add(s);
            }
        }
        return out;
    }

    /** Tells all. To be called each second or so. */
    public void tell() {
        if (!connected.isEmpty()) {
            byte[] message = own.get().encode();
            connected.forEach(node -> channel.send(node, message));
        }
    }

    @Override
    public void start(byte[] greeting, Listener listener) {
        channel.start(greeting, new Listener() {
            @Override
            public @Nullable String greeted(String node, byte[] from) {
                String refusal = listener.greeted(node, from);
                if (refusal == null) {
                    connected.add(node);
                }
                return refusal;
            }

            @Override
            public void received(String node, byte[] message) {
                if (message.length == 0 || message[0] != MARK) {
                    listener.received(node, message);
                    return;
                }
                Said facts = Said.decode(message);
                if (facts != null && said.put(node, facts) == null) {
                    // it has just come: it is to know of this one before the next second
                    boolean unused = channel.send(node, own.get().encode());
                }
            }

            @Override
            public void lost(String node, String why) {
                connected.remove(node);
                listener.lost(node, why);
            }
        });
    }

    @Override
    public void greetWith(byte[] greeting) {
        channel.greetWith(greeting);
    }

    @Override
    public void known(String node, String address) {
        channel.known(node, address);
    }

    @Override
    public void forget(String node) {
        connected.remove(node);
        said.remove(node);
        channel.forget(node);
    }

    @Override
    public boolean send(String node, byte[]... parts) {
        return channel.send(node, parts);
    }

    @Override
    public long waiting(String node) {
        return channel.waiting(node);
    }

    @Override
    public @Nullable String trouble(String node) {
        return channel.trouble(node);
    }

    @Override
    public void close() {
        channel.close();
    }
}
