package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A value cannot be turned into bytes, or bytes not into a value. The message names the class and what to do. The outcome is
 *
 * <ul>
 *   <li>{@link Outcome#NOT_APPLIED} when the value was to be sent: nothing was sent;
 *   <li>{@link Outcome#NOT_APPLIED} when a call that only looks brought it, or one that takes from a queue: the items are back in their queue, at their old
 *       place;
 *   <li>{@link Outcome#APPLIED} when a call that changes something brought it, such as the previous value of {@code put} or the one removed. The change is made, and
 *       {@link #value} has what it brought, so that nothing is lost.
 * </ul>
 */
public final class SerializationException extends ManagerException {
    private static final long serialVersionUID = 1L;

    /** Whether the value was to be sent. */
    private final boolean writing;

    /** What could not be read. */
    private final transient @Nullable UnreadValue value;

    private SerializationException(
            boolean writing, Outcome outcome, String message, @Nullable Throwable cause, @Nullable UnreadValue value) {
        super(ErrorCode.BAD_VALUE, outcome, message, cause);
        this.writing = writing;
        this.value = value;
    }

    /**
     * {@return a value could not be written; nothing was sent}
     *
     * @param message the text
     * @param cause the cause, or null
     */
    public static SerializationException writing(String message, @Nullable Throwable cause) {
        return new SerializationException(true, Outcome.NOT_APPLIED, message, cause, null);
    }

    /**
     * {@return a value was received but could not be read}
     *
     * @param message the text
     * @param cause the cause, or null
     */
    public static SerializationException reading(String message, @Nullable Throwable cause) {
        return new SerializationException(false, Outcome.APPLIED, message, cause, null);
    }

    /**
     * {@return the result of a call could not be read}
     *
     * @param outcome whether the call changed something that stays
     * @param message the text
     * @param cause the cause, or null
     * @param value the result
     */
    public static SerializationException reading(
            Outcome outcome, String message, @Nullable Throwable cause, UnreadValue value) {
        return new SerializationException(false, outcome, message, cause, value);
    }

    /** {@return whether the value was to be sent} */
    public boolean isWriting() {
        return writing;
    }

    /**
     * {@return the whole result of the call as it came, to be stored, sent on, or removed where it is; null if a value could not be written, or came otherwise
     * than as the result of a call of a proxy} Of a call that brings several it is a list or tuple of them.
     */
    public @Nullable UnreadValue value() {
        return value;
    }

    @Override
    public SerializationException again() {
        return new SerializationException(writing, outcome(), message(), getCause(), value);
    }
}
