package io.multiproc.client.internal.connection;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.NotPermittedException;
import io.multiproc.client.Outcome;
import io.multiproc.client.ProtocolException;
import io.multiproc.client.QueueShutDownException;
import io.multiproc.client.RegistryMismatchException;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.client.ServerFaultException;
import io.multiproc.client.ServerRestartedException;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.client.StaleTokenException;
import io.multiproc.client.WrongTypeException;
import io.multiproc.protocol.error.ErrorCode;
import java.util.concurrent.CancellationException;

/** Table of the exceptions of the error codes: the JDK's own where one fits. */
public final class Errors {
    private Errors() {}

    public static RuntimeException exception(ErrorCode code, String text) {
        return switch (code) {
            case BAD_ARGUMENT, BAD_VALUE -> new IllegalArgumentException(text);
            case WRONG_TYPE, NAME_TAKEN, UNHASHABLE -> new WrongTypeException(code, text, null);
            case NO_SUCH_OBJECT -> new NoSuchObjectException(code, text, null);
            case STALE_TOKEN -> new StaleTokenException(code, text, null);
            case QUEUE_SHUT_DOWN -> new QueueShutDownException(code, text, null);
            case SESSION_EXPIRED -> new SessionExpiredException(code, text, null);
            case SERVER_RESTARTED -> new ServerRestartedException(text, null);
            case NOT_OWNER -> new IllegalMonitorStateException(text);
            case INDEX_OUT_OF_RANGE -> new IndexOutOfBoundsException(text);
            case NOT_COMPARABLE -> new ClassCastException(text);
            case ILLEGAL_STATE -> new IllegalStateException(text);
            case REGISTRY_MISMATCH -> new RegistryMismatchException(code, text, null);
            case CANCELLED -> new CancellationException(text);
            case UNKNOWN_OPERATION,
                    BUSY,
                    TOO_LARGE,
                    SHUTTING_DOWN,
                    NOT_LEADER,
                    FORBIDDEN -> new RequestRejectedException(code, text, null);
            case NOT_PERMITTED -> new NotPermittedException(code, text, null);
            case AUTH_FAILED -> new AuthenticationException(code, text, null);
            case UNSUPPORTED_VERSION -> new ProtocolException(code, text, null);
            case INTERNAL -> new ServerFaultException(code, text, null);
        };
    }

    /** The server's last word. */
    static ManagerException goodbye(ErrorCode code, String peer, String text) {
        String message = "the server at " + peer + " ended the session: " + text;
        return switch (code) {
            case SESSION_EXPIRED -> new SessionExpiredException(code, message, null);
            case NOT_PERMITTED -> new NotPermittedException(code, Outcome.UNKNOWN, message, null);
            default -> new ConnectionLostException(code, message, null);
        };
    }

    /** A failure of the handshake. */
    static ManagerException handshake(ErrorCode code, String text, Throwable cause) {
        return switch (code) {
            case AUTH_FAILED -> new AuthenticationException(code, text, cause);
            case NOT_PERMITTED -> new NotPermittedException(code, text, cause);
            case SESSION_EXPIRED -> new SessionExpiredException(code, text, cause);
            case SERVER_RESTARTED -> new ServerRestartedException(text, cause);
            case BUSY, SHUTTING_DOWN, NOT_LEADER -> new RequestRejectedException(code, text, cause);
            default -> new ProtocolException(code, text, cause);
        };
    }
}
