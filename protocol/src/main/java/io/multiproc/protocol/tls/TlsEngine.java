package io.multiproc.protocol.tls;

import io.multiproc.protocol.auth.Authkey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Vector;
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
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * One end of a TLS connection, without a socket: {@link #receive} takes records, {@link #read} gives the plain bytes of them; {@link #write} takes
 * plain bytes, {@link #drain} gives records. Until {@link #isOpen} only records move. Not thread-safe: whoever uses it from several threads excludes them.
 */
public final class TlsEngine {
    /** AES in the processor's own instructions first. */
    private static final int[] SUITES = {CipherSuite.TLS_AES_128_GCM_SHA256, CipherSuite.TLS_CHACHA20_POLY1305_SHA256};

    /** The first one has its share in the client's first message. */
    private static final int[] GROUPS = {NamedGroup.x25519, NamedGroup.secp256r1};

    private final TlsProtocol protocol;
    private byte @Nullable [] binding;
    private @Nullable TlsKey selected;
    private boolean strangers;
    private boolean ended;
    private boolean closing;

    private static final class Crypto {
        /** Shared: it keeps no state of connections, and looks algorithms up once. */
        static final TlsCrypto JCA = RuntimeCrypto.create();
    }

    private TlsEngine(boolean server, List<TlsKey> keys) {
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
        if (strangers
                || alert == AlertDescription.unknown_psk_identity
                || alert == AlertDescription.decrypt_error
                || (received && alert == AlertDescription.handshake_failure)) {
            return new TlsException(TlsException.Reason.WRONG_KEY, "the peer has another authkey", e);
        }
        if (binding == null && !received) {
            return new TlsException(TlsException.Reason.NO_TLS, "the peer does not speak TLS 1.3 with an authkey", e);
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

    private void alerted(short description) {
        ended |= description == AlertDescription.close_notify;
    }

    private void opened(TlsContext context) {
        binding = context.exportChannelBinding(ChannelBinding.tls_exporter);
    }

    private static TlsPSKExternal external(TlsKey key) {
        byte[] secret = key.secret();
        try {
            // the library keeps a copy
            return new BasicTlsPSKExternal(
                    key.identity(), Crypto.JCA.createSecret(secret), PRFAlgorithm.tls13_hkdf_sha256);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private final class Client extends AbstractTlsClient {
        private final TlsKey key;

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
            Vector<Integer> groups = new Vector<>();
            for (int group : GROUPS) {
                groups.add(group);
            }
            return groups;
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
            if (selected == null) {
                // certificates would follow, and anybody has one
                strangers = true;
                throw new TlsFatalAlert(AlertDescription.handshake_failure);
            }
        }

        @Override
        public TlsAuthentication getAuthentication() throws IOException {
            throw new TlsFatalAlert(AlertDescription.handshake_failure);
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            opened(context);
        }

        @Override
        public void notifyAlertReceived(short level, short description) {
            alerted(description);
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
                        selected = key;
                        return external(key);
                    }
                }
            }
            strangers = true;
            return null;
        }

        @Override
        public TlsCredentials getCredentials() throws IOException {
            throw new TlsFatalAlert(AlertDescription.unknown_psk_identity);
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            opened(context);
        }

        @Override
        public void notifyAlertReceived(short level, short description) {
            alerted(description);
        }
    }
}
