package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A value cannot be turned into bytes, or bytes not into a value. The message names the class and what to do. The outcome
 * is NOT_APPLIED when the value was to be sent, and APPLIED when it had been received.
 */
public final class SerializationException extends ManagerException {
    private static final long serialVersionUID = 1L;

    private SerializationException(Outcome outcome, String message, @Nullable Throwable cause) {
        super(ErrorCode.BAD_VALUE, outcome, message, cause);
    }

    /**
     * {@return a value could not be written; nothing was sent}
     *
     * @param message the text
     * @param cause the cause, or null
     */
    public static SerializationException writing(String message, @Nullable Throwable cause) {
        return new SerializationException(Outcome.NOT_APPLIED, message, cause);
    }

    /**
     * {@return a value was received but could not be read}
     *
     * @param message the text
     * @param cause the cause, or null
     */
    public static SerializationException reading(String message, @Nullable Throwable cause) {
        return new SerializationException(Outcome.APPLIED, message, cause);
    }
}
