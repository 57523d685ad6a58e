package io.multiproc.protocol.auth;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Text;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The server's answer to a {@link Hello} that it does not accept; the server closes after it:
 *
 * <pre>
 * offset  bytes  field
 *      0      1  0xF1
 *      1      2  "mp"
 *      3      1  0x03
 *      4      2  number of an {@link ErrorCode}
 *      6      n  what is wrong and what to do: varint length, text (at most 1024 bytes)
 *    6+n      m  {@link Nodes}, only with {@link ErrorCode#NOT_LEADER}, and not by servers before 2026-12-01
 *  6+n+m      k  fields of later versions; ignored
 * </pre>
 *
 * <p>It carries no proof: an attacker that can forge it can as well cut the connection. So where it sends a client is a hint, and whoever is there has to
 * prove the key.
 */
public record HelloRefused(ErrorCode code, String text, Nodes nodes) {
    /**
     * Where to go instead: bytes n and m, n and m texts, varint length of the status, status.
     *
     * @param leader the addresses of the node that leads, in the order in which to try them; none if no node is known to lead
     * @param members the addresses of all nodes
     * @param status a dict as a value, what {@code manager.cluster} answers; may be empty
     */
    public record Nodes(List<String> leader, List<String> members, byte[] status) {
        /** Of a refusal that sends nobody anywhere. */
        public static final Nodes NONE = new Nodes(List.of(), List.of(), new byte[0]);

        /** How many addresses each list has at most. */
        public static final int MOST = 16;

        /** Leaves out what exceeds {@link #MOST}, and addresses that are too long. */
        public Nodes {
            leader = bounded(leader);
            members = bounded(members);
            status = status.clone();
        }

        private static List<String> bounded(List<String> uris) {
            return uris.stream()
                    .filter(uri -> Text.encode(uri).length <= Limits.MAX_NAME)
                    .limit(MOST)
                    .toList();
        }

        @Override
        public byte[] status() {
            return status.clone();
        }

        boolean isNone() {
            return leader.isEmpty() && members.isEmpty() && status.length == 0;
        }

        /** What fits: the status goes first, then the members, from the last one on, then the leader's. */
        private Nodes fitted(int room) {
            Nodes n = this;
            while (n.encode().length > room) {
                if (n.status.length > 0) {
                    n = new Nodes(n.leader, n.members, new byte[0]);
                } else if (!n.members.isEmpty()) {
                    n = new Nodes(n.leader, n.members.subList(0, n.members.size() - 1), n.status);
                } else {
                    n = new Nodes(n.leader.subList(0, n.leader.size() - 1), n.members, n.status);
                }
            }
            return n;
        }

        private byte[] encode() {
            ByteWriter out = new ByteWriter(256).u8(leader.size());
            out.u8(members.size());
            leader.forEach(out::text);
            members.forEach(out::text);
            return out.varint(status.length).raw(status).toByteArray();
        }

        private static Nodes decode(ByteBuffer in) throws HandshakeException {
            int leaders = in.get() & 0xff;
            int members = in.get() & 0xff;
            if (leaders > MOST || members > MOST) {
                throw HelloFrame.bad("a HelloRefused names more than " + MOST + " addresses");
            }
            List<String> leader = texts(in, leaders);
            List<String> all = texts(in, members);
            byte[] status = new byte[HelloFrame.length(in, Limits.MAX_HELLO_FRAME)];
            in.get(status);
            return new Nodes(leader, all, status);
        }

        private static List<String> texts(ByteBuffer in, int n) throws HandshakeException {
            List<String> out = new ArrayList<>(n);
            for (int i = 0; i < n; i++) {
                out.add(HelloFrame.text(in));
            }
            return out;
        }

        @Override
        public boolean equals(@Nullable Object o) {
            return o instanceof Nodes n
                    && leader.equals(n.leader)
                    && members.equals(n.members)
                    && Arrays.equals(status, n.status);
        }

        @Override
        public int hashCode() {
            return Objects.hash(leader, members, Arrays.hashCode(status));
        }

        @Override
        public String toString() {
            return "Nodes[leader=" + leader + ", members=" + members + ", status of " + status.length + " bytes]";
        }
    }

    /** Cuts a text that is too long. */
    public HelloRefused {
        text = HelloFrame.cut(text);
    }

    public HelloRefused(ErrorCode code, String text) {
        this(code, text, Nodes.NONE);
    }

    /** The refusal of a client whose versions the server does not speak. */
    public static HelloRefused unsupported(Hello hello) {
        String side = hello.minVersion() > Hello.VERSION ? "server" : "client";
        return new HelloRefused(
                ErrorCode.UNSUPPORTED_VERSION,
                "this server speaks versions " + Hello.VERSION + " to " + Hello.VERSION + ", the client "
                        + hello.minVersion() + " to " + hello.maxVersion() + ": update the " + side);
    }

    public byte[] encode() {
        ByteWriter out = new ByteWriter(128)
                .u8(HelloFrame.MAGIC)
                .u8('m')
                .u8('p')
                .u8(HelloFrame.REFUSED)
                .i16(code.code())
                .text(text);
        if (!nodes.isNone()) {
            out.raw(nodes.fitted(Limits.MAX_HELLO_FRAME - out.size()).encode());
        }
        return out.toByteArray();
    }

    /** @throws HandshakeException if the payload is no HelloRefused */
    public static HelloRefused decode(byte[] payload) throws HandshakeException {
        ByteBuffer in = HelloFrame.open(payload, HelloFrame.REFUSED, 0, "HelloRefused");
        try {
            ErrorCode code = ErrorCode.coded(in.getShort() & 0xffff);
            String text = HelloFrame.text(in);
            boolean more = code == ErrorCode.NOT_LEADER && in.hasRemaining();
            return new HelloRefused(code, text, more ? Nodes.decode(in) : Nodes.NONE);
        } catch (BufferUnderflowException e) {
            throw HelloFrame.bad("the HelloRefused is cut off");
        }
    }
}
