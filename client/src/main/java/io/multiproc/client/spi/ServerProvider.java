package io.multiproc.client.spi;

import java.util.List;

/** Makes manager servers. Implemented by the server module. */
public interface ServerProvider {
    /**
     * Starts a server in this process.
     *
     * @param listen where to listen, {@code tls://host:port}, {@code tcp://host:port} (0 = any port) or {@code unix:///path}; {@code host:port} is TLS
     *     beyond loopback
     * @param authkey the key
     * @return the running server
     */
    Server start(List<String> listen, byte[] authkey);

    /**
     * {@return the name of the main class that, run with {@link #childArguments}, serves until its standard input ends} It reads the
     * authkey as its first line there, in hexadecimal, and prints its ready lines.
     */
    String mainClass();

    /**
     * {@return the arguments for {@link #mainClass}}
     *
     * @param listen where to listen, {@code tls://host:port}, {@code tcp://host:port} (0 = any port) or {@code unix:///path}; {@code host:port} is TLS
     *     beyond loopback
     */
    List<String> childArguments(List<String> listen);

    /** A running server. */
    interface Server extends AutoCloseable {
        /**
         * Where it listens, with real ports.
         *
         * @return the addresses
         */
        List<String> uris();

        /**
         * Waits until the server is closed or a client shuts it down.
         *
         * @throws InterruptedException if this thread is interrupted
         */
        void serveForever() throws InterruptedException;

        /** Stops it: clients are told, everything in it is gone. */
        @Override
        void close();
    }
}
