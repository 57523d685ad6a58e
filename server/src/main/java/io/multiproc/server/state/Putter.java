package io.multiproc.server.state;

import org.jspecify.annotations.Nullable;

/** A request that waits for room in a queue. */
final class Putter extends Waiter {
    /** The item, whose references are counted already. */
    byte @Nullable [] item;

    Putter(ObjectState object, SessionState session, long request, long index, long deadline) {
        super(object, session, request, index, deadline);
    }

    @Override
    void releaseContent(ApplyContext context) {
        if (item != null) {
            context.references().release(item);
        }
    }

    @Override
    Fields fields() {
        return new Fields(0, 1, 0, Outcome.PENDING, null, item);
    }

    @Override
    void restore(Fields fields) {
        item = fields.value();
    }
}
