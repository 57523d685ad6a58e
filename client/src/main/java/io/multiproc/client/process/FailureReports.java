package io.multiproc.client.process;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The port at which children report the exception that ended them: one connection on the loopback address, with a random token that only the child was told.
 * No file that a killed process could leave behind. Thread-safe.
 */
final class FailureReports {
    private static final int MAX_TEXT = 1 << 20;
    private static final int TOKEN = 32;
    private static final int PATIENCE_MILLIS = 5_000;

    private static final SecureRandom RANDOM = new SecureRandom();

    private static @Nullable FailureReports instance;

    private final ServerSocket socket;
    private final Map<String, CompletableFuture<String>> expected = new ConcurrentHashMap<>();

    private FailureReports() throws IOException {
        socket = new ServerSocket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        Thread reader = new Thread(this::accept, "multiproc-failure-reports");
        reader.setDaemon(true);
        reader.start();
        // as ChildControl: a thread in accept() delays the end of the JVM
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "multiproc-failure-reports-end"));
    }

    static synchronized FailureReports open() throws IOException {
        FailureReports known = instance;
        if (known == null) {
            known = new FailureReports();
            instance = known;
        }
        return known;
    }

    private void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // then it waits
        }
    }

    /** A fresh token, which nobody can guess. */
    static String token() {
        return HexFormat.of().toHexDigits(RANDOM.nextLong()) + HexFormat.of().toHexDigits(RANDOM.nextLong());
    }

    int port() {
        return socket.getLocalPort();
    }

    CompletableFuture<String> expect(String token) {
        CompletableFuture<String> text = new CompletableFuture<>();
        expected.put(token, text);
        return text;
    }

    void forget(String token) {
        expected.remove(token);
    }

    private void accept() {
        while (true) {
            try (Socket s = socket.accept()) {
                s.setSoTimeout(PATIENCE_MILLIS);
                DataInputStream in = new DataInputStream(s.getInputStream());
                String token = new String(in.readNBytes(TOKEN), StandardCharsets.US_ASCII);
                CompletableFuture<String> whose = expected.get(token);
                int length = whose == null ? -1 : in.readInt();
                if (whose != null && length >= 0 && length <= MAX_TEXT) {
                    whose.complete(new String(in.readNBytes(length), StandardCharsets.UTF_8));
                    s.getOutputStream().write(1);
                }
            } catch (IOException e) {
                if (socket.isClosed()) {
                    return;
                }
                // a stranger, or a child that died while it wrote: its exit code is what is known
            }
        }
    }

    /** In the child: returns when the parent has the text, or cannot be reached. */
    static void send(int port, String token, String text) {
        try {
            say(port, token, text);
        } catch (IOException e) {
            System.err.println("(the parent process could not be told: " + e + ")");
        }
    }

    /** As {@link #send}, for a question that the parent need not wait for any more. */
    static void answer(int port, String token, String text) {
        try {
            say(port, token, text);
        } catch (IOException e) {
            // then it has asked in vain
        }
    }

    private static void say(int port, String token, String text) throws IOException {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(all.length, MAX_TEXT);
        try (Socket s = new Socket()) {
            s.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            s.setSoTimeout(PATIENCE_MILLIS);
            DataOutputStream out = new DataOutputStream(s.getOutputStream());
            out.write(token.getBytes(StandardCharsets.US_ASCII));
            out.writeInt(length);
            out.write(all, 0, length);
            out.flush();
            int ignored = s.getInputStream().read();
        }
    }
}
