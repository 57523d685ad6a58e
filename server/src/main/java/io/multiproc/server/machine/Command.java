package io.multiproc.server.machine;

import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;

/** The content of an entry: what it does to the state. */
public sealed interface Command {
    /**
     * The first command of all: the state gets an identity, which nodes and sessions know it by.
     *
     * @param clusterId any number but 0; a second one changes nothing
     */
    record Genesis(long clusterId, Settings settings) implements Command {}

    /** The settings are others from now on. */
    record SettingsChanged(Settings settings) implements Command {}

    /**
     * A server goes on with a state that another process has left: ids and fencing tokens to come are higher than any that may have been given since the state began.
     *
     * @param wallClock the time of that start; milliseconds since 1970
     */
    record Restarted(long wallClock) implements Command {}

    /**
     * A session was opened by an authenticated client. Its id is the index of this command, which is the answer.
     *
     * @param name for people, as the address is
     * @param secret what a client must know to resume it; 0 where nobody can
     * @param lease after how many milliseconds of silence it ends; 0 where it does not
     * @param key the name of the key that its client has proved, or empty
     */
    record SessionOpened(String name, String address, Dialect dialect, long secret, long lease, String key)
            implements Command {
        /** One of the server itself. */
        public SessionOpened(String name, String address) {
            this(name, address, Dialect.INTERNAL, 0, 0, "");
        }
    }

    /** A session has a connection from this address; from none if that is empty. It goes on either way. */
    record SessionConnected(String address) implements Command {}

    /** A session ended: everything it owns is released, in one place. */
    record SessionClosed(String reason) implements Command {}

    /** An operation on an object (0 = the manager). The arguments are valid only while the entry is applied. */
    record Invoke(Op op, long object, Args args) implements Command {}

    /** The client no longer waits for the request with this entry's request id. */
    record Cancel() implements Command {}

    /** The client has received the delivery that answered the request with this entry's request id. */
    record Acknowledge() implements Command {}

    /** The client does not want the delivery that answered the request: its items return to the head of their queue. */
    record GiveBack() implements Command {}

    /** The session gets one more reference to a live object; the answer is the reference, or NO_SUCH_OBJECT. */
    record Retain(long object) implements Command {}

    /** The client is gone: the wait of this entry's request ends, gets nothing and is not answered. */
    record Abandon() implements Command {}

    /**
     * One of several clients that share this entry's session is gone: what it acquired through the session is orphaned.
     *
     * @param holder the holder that acquired a lock
     * @param live how many permits of a semaphore belong to clients that still exist
     * @param patience after how long a waiter gets what is orphaned; milliseconds
     */
    record Orphaned(long object, long holder, long live, long patience) implements Command {}

    /** Time has passed: whatever was due is done. */
    record Tick() implements Command {}
}
