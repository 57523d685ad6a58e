package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The root of the failures that have no exception of the JDK's own. {@link #outcome()} says what is known of the operation.
 *
 * <p>Where the JDK has a fitting exception the client throws that instead: {@link IndexOutOfBoundsException}, {@link
 * java.util.NoSuchElementException}, {@link IllegalMonitorStateException}, {@link IllegalArgumentException}, {@link
 * IllegalStateException}, {@link ClassCastException}.
 */
public class ManagerException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /** The error's number and name. */
    private final ErrorCode code;
    /** The knowledge of the operation. */
    private final Outcome outcome;

    /**
     * For the library: an exception with what the manager says of the failure.
     *
     * @param code the error's number and name
     * @param outcome what is known of the operation
     * @param message the text
     * @param cause the cause, or null
     */
    public ManagerException(ErrorCode code, Outcome outcome, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.outcome = outcome;
    }

    /** {@return the error's stable number and name} */
    public final ErrorCode code() {
        return code;
    }

    /** {@return what is known of the operation} */
    public final Outcome outcome() {
        return outcome;
    }

    /** {@return the same failure for another caller, with that caller's stack trace} */
    public ManagerException again() {
        return new ManagerException(code, outcome, message(), getCause());
    }

    /** {@return the same failure for a call that is made when it is known already, and so not even sent} */
    public ManagerException refused() {
        return again();
    }

    final String message() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
