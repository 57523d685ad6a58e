package io.multiproc.server.python;

import io.multiproc.protocol.pickle.PickleException;
import io.multiproc.protocol.pickle.PickleWriter;
import io.multiproc.protocol.pickle.Pickler;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Translator;
import java.util.HexFormat;
import java.util.List;

/** The pickled replies: {@code (kind, result)}. */
final class Replies {
    /** ('#RETURN', None), byte for byte as CPython writes it. */
    private static final byte[] NONE = HexFormat.of().parseHex("8004950e000000000000008c072352455455524e944e86942e");

    /** A shared object as a result: the client makes a proxy of it. */
    record NewProxy(List<String> exposed, PyObject token) {}

    private final Translator translator;
    private final int maxFrame;

    Replies(Translator translator, int maxFrame) {
        this.translator = translator;
        this.maxFrame = maxFrame;
    }

    /** A result of a method: a graph, an encoded value, or a new proxy. */
    byte[] result(Object v) {
        if (v == Py.NONE) {
            return NONE.clone();
        }
        // a little more than a frame: what is longer is refused below, and what is far longer takes no memory
        PickleWriter out = new PickleWriter(Math.min(maxFrame, Integer.MAX_VALUE - 1024) + 1024).start();
        try {
            if (v instanceof NewProxy p) {
                out.text("#PROXY");
                new Pickler(out, false).save(Py.tuple(Exposed.tuple(p.exposed), p.token));
            } else if (v instanceof MethodCall.Encoded e) {
                translator.pickle(e.bytes(), e.start(), out.text("#RETURN"));
            } else {
                out.text("#RETURN");
                new Pickler(out, true).save(v);
            }
        } catch (PickleException e) {
            if (out.isFull()) {
                return tooLarge();
            }
            return error(PyError.unserializable("Traceback (most recent call last):\nValueError: " + e.getMessage()));
        }
        byte[] bytes = out.op(0x86).stop().toByteArray();
        if (bytes.length > maxFrame) {
            return tooLarge();
        }
        return bytes;
    }

    private byte[] tooLarge() {
        return error(PyError.remote(
                "MemoryError", "the reply exceeds the frame limit of " + maxFrame + " bytes; ask for less at a time"));
    }

    byte[] error(PyError e) {
        PyObject exception = e.exception();
        PickleWriter out = new PickleWriter().start();
        if (exception == null) {
            out.text(e.kind()).text(e.text());
        } else {
            out.text("#ERROR");
            new Pickler(out, true).save(exception);
        }
        return out.op(0x86).stop().toByteArray();
    }
}
