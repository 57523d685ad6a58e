package io.multiproc.server.engine;

/** What is known of the frames and replies of sessions whose clients count them; asked by a sequencer with a log, of the command at hand. */
public interface Receipts {
    /** Of sessions that nobody counts for. */
    Receipts NONE = new Receipts() {
        @Override
        public long frame(long session) {
            return 0;
        }

        @Override
        public long confirmed(long session) {
            return 0;
        }
    };

    /** The number of the session's frame that is being worked on; 0 if its frames are not counted, or this one was sent again and does not count. */
    long frame(long session);

    /** How many of the replies that the state has kept for a session its client is known to have. */
    long confirmed(long session);
}
