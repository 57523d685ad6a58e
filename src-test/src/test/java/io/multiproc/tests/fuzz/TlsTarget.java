package io.multiproc.tests.fuzz;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsKey;
import java.util.Arrays;
import java.util.List;

/**
 * One end of a TLS connection that gets any bytes, or a whole handshake of which one message is changed. The first byte chooses. An end refuses by the exception
 * for that and no other, and where both are open after all they are open to each other.
 */
public final class TlsTarget {
    private static final TlsKey KEY = TlsKey.of(Authkey.ofText("a key of the fuzzer only"));

    private TlsTarget() {}

    /** What a client says first: a seed. */
    static byte[] clientHello() {
        TlsEngine client = TlsEngine.client(KEY);
        byte[] hello = new byte[1 + client.pending()];
        int n = client.drain(hello, 1, hello.length - 1);
        return Arrays.copyOf(hello, 1 + n);
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] b) {
        if (b.length < 4) {
            return;
        }
        TlsEngine client = TlsEngine.client(KEY);
        TlsEngine server = TlsEngine.server(List.of(KEY));
        try {
            if (b[0] % 4 != 0) {
                TlsEngine victim = b[0] % 2 == 0 ? client : server;
                victim.receive(b, 1, b.length - 1);
                if (victim.isOpen()) {
                    throw new AssertionError("open to a stranger");
                }
                return;
            }
            changed(client, server, b);
        } catch (TlsException e) {
            // refused
        }
    }

    private static void changed(TlsEngine client, TlsEngine server, byte[] b) throws TlsException {
        int message = b[1] & 7;
        int n = 0;
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
                        records[at++] ^= b[i];
                    }
                }
                (from == client ? server : client).receive(records, 0, length);
            }
        }
        if (client.isOpen() && server.isOpen() && !Arrays.equals(client.binding(), server.binding())) {
            throw new AssertionError("open, and not to each other");
        }
    }
}
