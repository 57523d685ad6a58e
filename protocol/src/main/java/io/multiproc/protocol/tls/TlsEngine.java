package io.multiproc.protocol.tls;

import io.multiproc.protocol.auth.Authkey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Vector;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ChannelBinding;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * One end of a TLS connection, without a socket: {@link #receive} takes records, {@link #read} gives the plain bytes of them; {@link #write} takes
 * plain bytes, {@link #drain} gives records. Until {@link #isOpen} only records move. Not thread-safe: whoever uses it from several threads excludes them.
 */
public final class TlsEngine {
    /** AES in the processor's own instructions first. */
    static final int[] SUITES = {CipherSuite.TLS_AES_128_GCM_SHA256, CipherSuite.TLS_CHACHA20_POLY1305_SHA256};

    /** The first one has its share in the client's first message. */
    static final int[] GROUPS = {NamedGroup.x25519, NamedGroup.secp256r1};

    private final TlsProtocol protocol;
    private byte @Nullable [] binding;
    private @Nullable TlsKey selected;
    private boolean strangers;
    private boolean ended;
    private boolean closing;
    private final boolean byCertificate;
    private TlsException.@Nullable Reason refusal;
    private String refusedBecause = "";

    private static final class Crypto {
        /** Shared: it keeps no state of connections, and looks algorithms up once. */
        static final JcaTlsCrypto JCA = RuntimeCrypto.create();
    }

    private TlsEngine(boolean server, List<TlsKey> keys) {
        byCertificate = false;
        try {
            if (server) {
                TlsServerProtocol p = new TlsServerProtocol();
                protocol = p;
                p.accept(new KeyPeers.Server(Crypto.JCA, keys, events()));
            } else {
                TlsClientProtocol p = new TlsClientProtocol();
                protocol = p;
                p.connect(new KeyPeers.Client(Crypto.JCA, keys.get(0), events()));
            }
        } catch (IOException e) {
            throw new IllegalStateException("TLS cannot begin: " + e.getMessage(), e);
        }
    }

    private TlsEngine(TlsCertificates own, @Nullable X509TrustManager trust, @Nullable String host) {
        byCertificate = true;
        try {
            if (host == null || trust == null) {
                TlsServerProtocol p = new TlsServerProtocol();
                protocol = p;
                p.accept(new CertificatePeers.Server(Crypto.JCA, own, events()));
            } else {
                TlsClientProtocol p = new TlsClientProtocol();
                protocol = p;
                p.connect(new CertificatePeers.Client(Crypto.JCA, own, trust, host, events()));
            }
        } catch (IOException e) {
            throw new IllegalStateException("TLS cannot begin: " + e.getMessage(), e);
        }
    }

    private HandshakeEvents events() {
        return new HandshakeEvents() {
            @Override
            public void opened(TlsContext context) {
                binding = context.exportChannelBinding(ChannelBinding.tls_exporter);
                refusal = null;
            }

            @Override
            public void alerted(short description) {
                ended |= description == AlertDescription.close_notify;
            }

            @Override
            public void refused(TlsException.Reason reason, String text) {
                refusal = reason;
                refusedBecause = text;
            }

            @Override
            public void named(TlsKey key) {
                selected = key;
            }

            @Override
            public void stranger() {
                strangers = true;
            }
        };
    }

    /** The end of a client, whose first message is there to be drained. */
    public static TlsEngine client(TlsKey key) {
        return new TlsEngine(false, List.of(key));
    }

    /** The end of a server that accepts clients with any of these keys. */
    public static TlsEngine server(List<TlsKey> keys) {
        return new TlsEngine(true, List.copyOf(keys));
    }

    /**
     * Loads what a handshake needs, by a whole one within this process, if none was yet. That takes half a second of a processor, and a process with a
     * tenth of one takes longer than peers give for a handshake.
     */
    public static void load() {
        Loaded.ensure();
    }

    private static final class Loaded {
        static {
            rehearse();
        }

        private Loaded() {}

        static void ensure() {}
    }

    private static void rehearse() {
        TlsKey key = TlsKey.of(Authkey.of(new byte[Authkey.LEAST_STRONG]));
        TlsEngine client = client(key);
        TlsEngine server = server(List.of(key));
        try {
            while (pass(client, server) + pass(server, client) > 0) {
                // until nobody has anything to say
            }
            byte[] word = new byte[1];
            client.write(word, 0, 1);
            server.write(word, 0, 1);
            int unused = pass(client, server) + pass(server, client);
        } catch (TlsException e) {
            throw new IllegalStateException("a handshake with itself failed", e);
        }
    }

    private static int pass(TlsEngine from, TlsEngine to) throws TlsException {
        byte[] records = new byte[from.pending()];
        int n = from.drain(records, 0, records.length);
        to.receive(records, 0, n);
        return n;
    }

    /**
     * The end of a client that believes a certificate of the host, and shows its own if it is asked for one.
     *
     * @param own whom it trusts, and its own certificate if it has one
     * @throws IllegalArgumentException if it trusts nobody
     */
    public static TlsEngine client(TlsCertificates own, String host) {
        X509TrustManager trust = own.trust();
        if (trust == null) {
            throw new IllegalArgumentException("a client needs authorities to check the server's certificate by");
        }
        return new TlsEngine(own, trust, host);
    }

    /** The end of a server that shows its certificate. If it trusts somebody, clients must show one, too. */
    public static TlsEngine server(TlsCertificates own) {
        if (!own.hasOwn()) {
            throw new IllegalArgumentException("a server needs a certificate of its own");
        }
        return new TlsEngine(own, null, null);
    }

    static Vector<Integer> groups() {
        @SuppressWarnings("JdkObsolete") // the library's own collections
        Vector<Integer> groups = new Vector<>();
        for (int group : GROUPS) {
            groups.add(group);
        }
        return groups;
    }

    /** Whether both ends have proved the key and data may move. */
    public boolean isOpen() {
        return protocol.isConnected() && binding != null;
    }

    /** The server's: which of its keys the client has. Null before the client has named it. */
    public @Nullable TlsKey key() {
        return selected;
    }

    /** Whether nothing more moves: one of the ends has said so, or TLS has failed. */
    public boolean isClosed() {
        return protocol.isClosed();
    }

    /** Whether the other end has said that nothing more comes ({@code close_notify}). A stream that ends without was cut, by a crash or by somebody between. */
    public boolean isEnded() {
        return ended;
    }

    /**
     * 32 bytes that only the two ends of this connection know (RFC 9266, {@code tls-exporter}): a proof over them is good for this connection alone.
     *
     * @throws IllegalStateException if it is not open
     */
    public byte[] binding() {
        byte[] b = binding;
        if (b == null) {
            throw new IllegalStateException("the TLS handshake is not complete");
        }
        return b.clone();
    }

    /**
     * Takes bytes of the other end: parts of records and several of them, as they arrive.
     *
     * @throws TlsException if they are not what a peer with the key sends; what is to be told to it waits in {@link #drain}
     */
    public void receive(byte[] b, int offset, int length) throws TlsException {
        if (closing) {
            return;
        }
        try {
            protocol.offerInput(b, offset, length);
        } catch (IOException | RuntimeException e) {
            // a runtime exception would be a fault of the library's: it must not become one of ours
            throw told(e);
        }
    }

    private TlsException told(Exception e) {
        short alert = -1;
        if (e instanceof TlsFatalAlertReceived received) {
            alert = received.getAlertDescription();
        } else if (e instanceof TlsFatalAlert own) {
            alert = own.getAlertDescription();
        }
        boolean received = e instanceof TlsFatalAlertReceived;
        TlsException.Reason own = refusal;
        if (own != null) {
            return new TlsException(own, refusedBecause, e);
        }
        TlsException.Reason other = byCertificate && received ? Alerts.reason(alert) : null;
        if (other != null) {
            return new TlsException(other, Alerts.text(alert), e);
        }
        if (!byCertificate
                && (strangers
                        || alert == AlertDescription.unknown_psk_identity
                        || alert == AlertDescription.decrypt_error
                        || (received && alert == AlertDescription.handshake_failure))) {
            return new TlsException(TlsException.Reason.WRONG_KEY, "the peer has another authkey", e);
        }
        if (binding == null && !received) {
            return new TlsException(
                    TlsException.Reason.NO_TLS,
                    byCertificate
                            ? "the peer does not speak TLS 1.3"
                            : "the peer does not speak TLS 1.3 with an authkey",
                    e);
        }
        String name = alert < 0 ? String.valueOf(e.getMessage()) : AlertDescription.getName(alert);
        return new TlsException(
                TlsException.Reason.BROKEN, (received ? "the peer ended TLS: " : "TLS is broken: ") + name, e);
    }

    /** How many plain bytes there are to read. */
    public int available() {
        return protocol.getAvailableInputBytes();
    }

    /** Moves plain bytes, and returns how many. */
    public int read(byte[] b, int offset, int length) {
        return protocol.readInput(b, offset, length);
    }

    /** As {@link #read(byte[], int, int)}, as many as there is room for. */
    public int read(ByteBuffer to) {
        int n = Math.min(to.remaining(), available());
        return n == 0 ? 0 : protocol.readInput(to, n);
    }

    /** Encrypts plain bytes. They wait in {@link #drain} as records of 16 KiB at most. */
    public void write(byte[] b, int offset, int length) throws TlsException {
        try {
            protocol.writeApplicationData(b, offset, length);
        } catch (IOException | RuntimeException e) {
            throw told(e);
        }
    }

    /** How many bytes there are to be sent. */
    public int pending() {
        return protocol.getAvailableOutputBytes();
    }

    /** Moves bytes to be sent, and returns how many. */
    public int drain(byte[] b, int offset, int length) {
        return protocol.readOutput(b, offset, length);
    }

    /** As {@link #drain(byte[], int, int)}, as many as there is room for. */
    public int drain(ByteBuffer to) {
        int n = Math.min(to.remaining(), pending());
        return n == 0 ? 0 : protocol.readOutput(to, n);
    }

    /** Says that nothing more comes: the record that says so waits in {@link #drain}. What the other end still sends is thrown away. */
    public void close() {
        closing = true;
        try {
            protocol.close();
        } catch (IOException e) {
            // it was not open, or has failed
        }
    }
}
