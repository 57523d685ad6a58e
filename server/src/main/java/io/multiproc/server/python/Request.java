package io.multiproc.server.python;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.pickle.PickleException;
import io.multiproc.protocol.pickle.PickleLimits;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.pickle.Unpickler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request: {@code (ident, name, args, kwds)}. */
record Request(Object ident, String name, List<Object> args, PyDict kwds, boolean shared, boolean descriptor) {
    private static final PickleLimits LIMITS = PickleLimits.ofThisJvm();

    /**
     * A file descriptor can be fetched from its sender once: whoever takes it out of a queue does so. What is kept and read again would be an error then, and
     * is one now.
     */
    void checkDescriptors(@Nullable ObjectType type) {
        boolean queue =
                type == ObjectType.QUEUE || type == ObjectType.JOINABLE_QUEUE || type == ObjectType.SIMPLE_QUEUE;
        if (descriptor && !queue) {
            throw PyError.type(
                    "a Connection or socket is fetched from the process that sends it, and only once:"
                            + " put it into a Queue, whose taker gets it while the sender lives, or share an address to connect to");
        }
    }

    /** Reads a request; the error is the answer. */
    static Request read(byte[] b, int from, int end) {
        Unpickler reader = new Unpickler(b, from, end, LIMITS);
        Object graph;
        try {
            graph = reader.read();
        } catch (PickleException e) {
            throw PyError.remote("_pickle.UnpicklingError", String.valueOf(e.getMessage()));
        }
        List<Object> four = graph instanceof PyTuple t ? t.items : graph instanceof PyList l ? l.items : null;
        if (four == null) {
            throw PyError.remote("TypeError", "cannot unpack non-iterable " + Py.typeName(graph) + " object");
        }
        if (four.size() != 4) {
            throw PyError.remote(
                    "ValueError",
                    (four.size() < 4 ? "not enough" : "too many") + " values to unpack (expected 4, got " + four.size()
                            + ")");
        }
        List<Object> args =
                four.get(2) instanceof PyTuple t ? t.items : four.get(2) instanceof PyList l ? l.items : null;
        if (!(four.get(1) instanceof String name) || args == null || !(four.get(3) instanceof PyDict kwds)) {
            throw PyError.remote("TypeError", "a request is (ident, method name, args, kwds)");
        }
        for (int i = 0; i < kwds.pairs.size(); i += 2) {
            if (!(kwds.pairs.get(i) instanceof String)) {
                throw PyError.remote("TypeError", "keywords must be strings");
            }
        }
        return new Request(four.get(0), name, args, kwds, reader.isShared(), reader.hasDescriptor());
    }
}
