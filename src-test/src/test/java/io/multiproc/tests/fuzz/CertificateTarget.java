package io.multiproc.tests.fuzz;

import io.multiproc.protocol.tls.TlsCertificates;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsFiles;
import io.multiproc.tests.fixtures.Certificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * TLS by certificates: a handshake of which one message is changed, with a client's certificate and without, an end that gets any bytes, and PEM files of any content. The first byte chooses. An end refuses by
 * the exception for that and no other, and who has no certificate of the authority is open to nobody.
 */
public final class CertificateTarget {
    private static final Setting SETTING = new Setting();

    private CertificateTarget() {}

    /** Made once: keys take time. */
    private static final class Setting {
        final Path file;
        final Certificates.Pair own;
        final TlsCertificates server;
        final TlsCertificates client;

        Setting() {
            try {
                Path folder = Files.createTempDirectory("fuzz");
                Certificates authority = new Certificates(folder, "authority");
                own = authority.of("server", "localhost");
                Certificates.Pair mine = authority.of("client");
                String ca = authority.ca().toString();
                server = new TlsFiles(ca, own.certificate(), own.key()).current();
                client = new TlsFiles(ca, mine.certificate(), mine.key()).current();
                file = folder.resolve("fuzzed.pem");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What a client says first, and files: seeds. */
    static List<byte[]> seeds() throws IOException {
        TlsEngine client = TlsEngine.client(SETTING.client, "localhost");
        byte[] hello = new byte[1 + client.pending()];
        int n = client.drain(hello, 1, hello.length - 1);
        byte[] certificate = Files.readAllBytes(SETTING.own.certificate());
        byte[] key = Files.readAllBytes(SETTING.own.key());
        return List.of(
                prefixed(1, Arrays.copyOfRange(hello, 1, 1 + n)),
                prefixed(0, new byte[] {3, 7, 1}),
                prefixed(0, new byte[] {1, (byte) 200, 1}),
                prefixed(2, certificate),
                prefixed(3, key));
    }

    private static byte[] prefixed(int mode, byte[] rest) {
        byte[] out = new byte[1 + rest.length];
        out[0] = (byte) mode;
        System.arraycopy(rest, 0, out, 1, rest.length);
        return out;
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] b) throws IOException {
        if (b.length < 4) {
            return;
        }
        TlsEngine client = TlsEngine.client(SETTING.client, "localhost");
        TlsEngine server = TlsEngine.server(SETTING.server);
        try {
            switch (b[0] & 3) {
                case 0 -> changed(client, server, b);
                case 1 -> {
                    TlsEngine victim = (b[0] & 4) == 0 ? server : client;
                    victim.receive(b, 1, b.length - 1);
                    if (victim.isOpen()) {
                        throw new AssertionError("open to a stranger");
                    }
                }
                default -> {
                    Files.write(SETTING.file, Arrays.copyOfRange(b, 1, b.length));
                    boolean key = (b[0] & 1) == 1;
                    TlsCertificates unused = new TlsFiles(
                                    null,
                                    key ? SETTING.own.certificate() : SETTING.file,
                                    key ? SETTING.file : SETTING.own.key())
                            .current();
                }
            }
        } catch (TlsException e) {
            // refused
        }
    }

    private static void changed(TlsEngine client, TlsEngine server, byte[] b) throws TlsException {
        int message = b[1] & 7;
        int n = 0;
        boolean same = true;
        for (boolean moved = true; moved; ) {
            moved = false;
            for (TlsEngine from : List.of(client, server)) {
                byte[] records = new byte[from.pending()];
                int length = from.drain(records, 0, records.length);
                if (length == 0) {
                    continue;
                }
                moved = true;
                if (n++ == message) {
                    int at = (b[2] & 0xff) * length >> 8;
                    for (int i = 3; i < b.length && at < length; i++) {
                        same &= b[i] == 0;
                        records[at++] ^= b[i];
                    }
                }
                (from == client ? server : client).receive(records, 0, length);
            }
        }
        if (client.isOpen() && server.isOpen() && !Arrays.equals(client.binding(), server.binding())) {
            throw new AssertionError("open, and not to each other");
        }
        if (same && !(client.isOpen() && server.isOpen())) {
            throw new AssertionError("not open, and nothing was changed");
        }
    }
}
