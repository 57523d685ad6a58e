package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The role or the prefixes of this program's key do not permit the call, or the key was revoked, which has ended the session. The call was not applied; of
 * those that were under way when a key was revoked that is not known. The message names the key, its role, the operation and what to ask for.
 */
public final class NotPermittedException extends RequestRejectedException {
    private static final long serialVersionUID = 1L;

    /**
     * For the library: an exception with what the manager says of the failure.
     *
     * @param code the error's number and name
     * @param message the text
     * @param cause the cause, or null
     */
    public NotPermittedException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }

    /**
     * For the library: the same with another outcome, for calls that were under way.
     *
     * @param code the error's number and name
     * @param outcome what is known of the call
     * @param message the text
     * @param cause the cause, or null
     */
    public NotPermittedException(ErrorCode code, Outcome outcome, String message, @Nullable Throwable cause) {
        super(code, outcome, message, cause);
    }

    @Override
    public NotPermittedException again() {
        return new NotPermittedException(code(), outcome(), message(), this);
    }

    @Override
    public NotPermittedException refused() {
        return new NotPermittedException(code(), Outcome.NOT_APPLIED, message(), this);
    }
}
