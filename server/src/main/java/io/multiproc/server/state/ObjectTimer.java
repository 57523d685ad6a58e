package io.multiproc.server.state;

import java.util.function.Consumer;

/** A timer of an object itself, for something that no request waits for. */
final class ObjectTimer extends Timer {
    private final ObjectState object;
    private final Consumer<ApplyContext> action;

    ObjectTimer(ObjectState object, long index, long deadline, Consumer<ApplyContext> action) {
        super(index, deadline);
        this.object = object;
        this.action = action;
    }

    @Override
    ObjectState object() {
        return object;
    }

    @Override
    void expire(ApplyContext context) {
        action.accept(context);
    }
}
