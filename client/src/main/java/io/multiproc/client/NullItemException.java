package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;

/**
 * The head of a queue is null, a {@code None} that a Python program has put, and was asked for by a method whose null means that there is no
 * item: {@code poll} or {@code peek}. The item is where it was. {@code take} and {@code remove()} give it as null.
 */
public final class NullItemException extends ManagerException {
    private static final long serialVersionUID = 1L;

    NullItemException() {
        super(
                ErrorCode.BAD_VALUE,
                Outcome.NOT_APPLIED,
                "the head of the queue is None, which poll() and peek() cannot tell from an empty queue; it is still there: take() or remove() give"
                        + " it as null",
                null);
    }

    private NullItemException(NullItemException other) {
        super(other.code(), other.outcome(), other.message(), other.getCause());
    }

    @Override
    public NullItemException again() {
        return new NullItemException(this);
    }
}
