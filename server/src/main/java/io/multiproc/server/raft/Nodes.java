package io.multiproc.server.raft;

import org.jspecify.annotations.Nullable;

/** The channel between the nodes of a cluster: it carries messages, encrypted and with both ends proved, and loses what it cannot deliver. */
public interface Nodes extends AutoCloseable {
    /** The receiver of messages. Calls come from the channel's threads. */
    interface Listener {
        /**
         * A node has connected, or was connected to.
         *
         * @param greeting what it said of itself
         * @return why it is not to be talked to, which it is told; null if all is well
         */
        @Nullable
        String greeted(String node, byte[] greeting);

        /** A message of a node that has been greeted. The array is the receiver's. */
        void received(String node, byte[] message);

        /** No connection with a node is left. */
        void lost(String node, String why);
    }

    /** Begins to listen and to connect to the nodes that are {@link #known}. */
    void start(byte[] greeting, Listener listener);

    /** Replaces the greeting for connections that are made from now on. */
    void greetWith(byte[] greeting);

    /** A node that is to be connected to from now on, and tried again for as long as it is known. */
    void known(String node, String address);

    void forget(String node);

    /**
     * Sends a message; does not wait. It is dropped if there is no connection, or too much waits for the node.
     *
     * @param parts one message, in pieces that nobody changes any more
     * @return false if it was dropped
     */
    boolean send(String node, byte[]... parts);

    /** Bytes that wait to be sent to a node. */
    long waiting(String node);

    /** Why a node is not connected, for people; null if it is. */
    @Nullable
    String trouble(String node);

    @Override
    void close();
}
