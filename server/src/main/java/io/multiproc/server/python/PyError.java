package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.wire.Reply;
import org.jspecify.annotations.Nullable;

/** The failure of a call, as the Python client gets to see it: an exception of its own, or a text as {@code RemoteError}. */
final class PyError extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String UNHASHABLE = "unhashable type: '";

    private final transient @Nullable PyObject exception;
    private final String kind;

    private PyError(@Nullable PyObject exception, String kind, String text) {
        super(text, null, false, false);
        this.exception = exception;
        this.kind = kind;
    }

    /** The exception that the client raises, or null: then there is a {@link #kind} and a text. */
    @Nullable
    PyObject exception() {
        return exception;
    }

    /** The kind of the reply. */
    String kind() {
        return kind;
    }

    String text() {
        String text = getMessage();
        return text == null ? "" : text;
    }

    static PyError raise(String module, String name, Object... args) {
        return new PyError(Py.call(module, name, args), "#ERROR", name);
    }

    static PyError of(String builtin, Object... args) {
        return raise("builtins", builtin, args);
    }

    static PyError type(String text) {
        return of("TypeError", text);
    }

    static PyError value(String text) {
        return of("ValueError", text);
    }

    static PyError unhashable(Object v) {
        return type(UNHASHABLE + PyNumbers.fullName(v) + "'");
    }

    /** What reaches the client as a RemoteError; the text ends as a Python traceback does and names no internals. */
    static PyError remote(String exception, String text) {
        return new PyError(null, "#TRACEBACK", "Traceback (most recent call last):\n" + exception + ": " + text + "\n");
    }

    /**
     * {@code queue.ShutDown} where the client's Python has it, from 3.13 on, else a ValueError with the text: which of them is
     * found out by the interpreter that reads the pickle.
     */
    static PyError shutDown(String text) {
        PyObject module = Py.call("importlib", "import_module", "queue");
        PyObject other = Py.call("functools", "partial", new Py.PyGlobal("builtins", "ValueError"), text);
        PyObject type = Py.call("builtins", "getattr", module, "ShutDown", other);
        return new PyError(new PyObject(Py.Maker.REDUCE, type, Py.EMPTY_TUPLE, Py.NONE), "#ERROR", text);
    }

    /** An unknown ident, in CPython's words. */
    static PyError unknown(String ident) {
        return remote("KeyError", "'" + ident + "'");
    }

    static PyError unserializable(String text) {
        return new PyError(null, "#UNSERIALIZABLE", text);
    }

    /** The nearest exception of Python's for an error of the engine. */
    static PyError of(Reply reply) {
        ErrorCode code = reply.error();
        return of(code == null ? ErrorCode.INTERNAL : code, reply.message());
    }

    static PyError of(ErrorCode code, String text) {
        return switch (code) {
            case INDEX_OUT_OF_RANGE -> of("IndexError", text);
            case UNHASHABLE -> {
                int at = text.indexOf(UNHASHABLE);
                int end = at < 0 ? -1 : text.indexOf('\'', at + UNHASHABLE.length());
                yield type(end < 0 ? text : text.substring(at, end + 1));
            }
            case NOT_COMPARABLE, WRONG_TYPE, NAME_TAKEN -> type(text);
            case BAD_ARGUMENT, BAD_VALUE -> value(text);
            case NOT_OWNER, ILLEGAL_STATE, STALE_TOKEN, SESSION_EXPIRED, SERVER_RESTARTED -> of("RuntimeError", text);
            case NO_SUCH_OBJECT -> remote("KeyError", "'" + text + "'");
            case QUEUE_SHUT_DOWN -> shutDown(text);
            case NOT_PERMITTED -> of("PermissionError", text);
            case FORBIDDEN -> remote("PermissionError", text);
            case BUSY, TOO_LARGE -> remote("MemoryError", text);
            default -> remote("RuntimeError", code + ": " + text);
        };
    }
}
