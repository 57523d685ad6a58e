package io.multiproc.protocol.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Vector;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.ChannelBinding;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsPSK;
import org.bouncycastle.tls.TlsPSKExternal;
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
    private boolean strangers;
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
                p.accept(new Server(keys));
            } else {
                TlsClientProtocol p = new TlsClientProtocol();
                protocol = p;
                p.connect(new Client(keys.get(0)));
            }
        } catch (IOException e) {
            throw new IllegalStateException("TLS cannot begin: " + e.getMessage(), e);
        }
    }

    private TlsEngine(TlsCertificates own, @Nullable X509TrustManager trust, @Nullable String host) {
        byCertificate = true;
        CertificatePeers.Told told = new CertificatePeers.Told() {
            @Override
            public void opened(TlsContext context) {
                TlsEngine.this.opened(context);
            }

            @Override
            public void refused(TlsException.Reason reason, String text) {
                TlsEngine.this.refused(reason, text);
            }
        };
        try {
            if (host == null || trust == null) {
                TlsServerProtocol p = new TlsServerProtocol();
                protocol = p;
                p.accept(new CertificatePeers.Server(Crypto.JCA, own, told));
            } else {
                TlsClientProtocol p = new TlsClientProtocol();
                protocol = p;
                p.connect(new CertificatePeers.Client(Crypto.JCA, own, trust, host, told));
            }
        } catch (IOException e) {
            throw new IllegalStateException("TLS cannot begin: " + e.getMessage(), e);
        }
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

    private void refused(TlsException.Reason reason, String text) {
        refusal = reason;
        refusedBecause = text;
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

    /** Whether the other end has said that nothing more comes. */
    public boolean isClosed() {
        return protocol.isClosed();
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

    /** Says that nothing more comes. */
    public void close() {
        try {
            protocol.close();
        } catch (IOException e) {
            // it was not open, or has failed
        }
    }

    private void opened(TlsContext context) {
        binding = context.exportChannelBinding(ChannelBinding.tls_exporter);
        refusal = null;
    }

    private static TlsPSKExternal external(TlsKey key) {
        return new BasicTlsPSKExternal(
                key.identity(), Crypto.JCA.createSecret(key.secret()), PRFAlgorithm.tls13_hkdf_sha256);
    }

    private final class Client extends AbstractTlsClient {
        private final TlsKey key;
        private boolean keyed;

        Client(TlsKey key) {
            super(Crypto.JCA);
            this.key = key;
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv13.only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return SUITES.clone();
        }

        @Override
        @SuppressWarnings("JdkObsolete") // the library's own collections
        protected Vector<Integer> getSupportedGroups(@SuppressWarnings("rawtypes") Vector roles) {
            return groups();
        }

        @Override
        public short[] getPskKeyExchangeModes() {
            return new short[] {PskKeyExchangeMode.psk_dhe_ke};
        }

        @Override
        @SuppressWarnings("JdkObsolete")
        public Vector<TlsPSKExternal> getExternalPSKs() {
            Vector<TlsPSKExternal> all = new Vector<>();
            all.add(external(key));
            return all;
        }

        @Override
        public void notifySelectedPSK(@Nullable TlsPSK selected) throws IOException {
            keyed = selected != null;
        }

        /** A certificate, which anybody has. A server that has only other keys says so instead. */
        @Override
        public TlsAuthentication getAuthentication() throws IOException {
            refused(TlsException.Reason.OTHER_WAY, "the server shows a certificate and does not go by the authkey");
            throw new TlsFatalAlert(AlertDescription.handshake_failure);
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            if (!keyed) {
                throw new TlsFatalAlert(AlertDescription.handshake_failure);
            }
            opened(context);
        }
    }

    private final class Server extends AbstractTlsServer {
        private final List<TlsKey> keys;

        Server(List<TlsKey> keys) {
            super(Crypto.JCA);
            this.keys = keys;
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv13.only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return SUITES.clone();
        }

        @Override
        protected boolean preferLocalCipherSuites() {
            return true;
        }

        @Override
        public int[] getSupportedGroups() {
            return GROUPS.clone();
        }

        @Override
        public short[] getPskKeyExchangeModes() {
            return new short[] {PskKeyExchangeMode.psk_dhe_ke};
        }

        @Override
        public @Nullable TlsPSKExternal getExternalPSK(@SuppressWarnings("rawtypes") Vector identities) {
            for (Object offered : identities) {
                for (TlsKey key : keys) {
                    if (offered instanceof PskIdentity identity && key.isNamed(identity.getIdentity())) {
                        return external(key);
                    }
                }
            }
            strangers = true;
            return null;
        }

        @Override
        public TlsCredentials getCredentials() throws IOException {
            if (!strangers) {
                refused(TlsException.Reason.OTHER_WAY, "the client asks for a certificate, and there is none here");
            }
            throw new TlsFatalAlert(AlertDescription.unknown_psk_identity);
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            opened(context);
        }
    }
}
