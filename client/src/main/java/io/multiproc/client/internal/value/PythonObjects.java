package io.multiproc.client.internal.value;

import io.multiproc.client.SerializationException;
import io.multiproc.protocol.pickle.PickleException;
import io.multiproc.protocol.pickle.PickleLimits;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.pickle.Translator;
import io.multiproc.protocol.pickle.Unpickler;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reader of pickles of Python objects, for a client that cannot make such objects. Pickles are read as data: nothing is run. */
public final class PythonObjects {
    /** The codec id of pickles. */
    public static final int CODEC = Translator.CODEC;

    /** Reads what is within attributes; proxies there keep nothing alive, so they stay descriptions. */
    private static final Translator TRANSLATOR = new Translator(new Translator.Proxies() {
        @Override
        public byte @Nullable [] toEnvelope(PyObject rebuildProxy) {
            return null;
        }

        @Override
        public Object fromEnvelope(int type, long id) {
            throw new IllegalStateException("a reference in a pickle");
        }
    });

    private static final ValueReader READER = new ValueReader(
            new ObjectCodec() {
                @Override
                public int id() {
                    return -1; // none
                }

                @Override
                public byte[] encode(Object object) {
                    throw new IllegalStateException("only reads");
                }

                @Override
                public Object decode(byte[] bytes, int from, int length) {
                    throw new IllegalStateException("has no id");
                }
            },
            (type, id) -> {
                throw SerializationException.reading("a reference in a pickle", null);
            });

    private PythonObjects() {}

    private static @Nullable Object graph(byte[] pickle) {
        try {
            return new Unpickler(pickle, 0, pickle.length, PickleLimits.DEFAULT).read();
        } catch (PickleException e) {
            return null;
        }
    }

    /** The qualified name of its class, such as {@code shop.models.Order}; null if it is no pickle. */
    public static @Nullable String className(byte[] pickle) {
        Object graph = graph(pickle);
        return graph == null ? null : graph instanceof PyObject o ? o.className() : Py.typeName(graph);
    }

    /** What is in its {@code __dict__} and slots, in order; empty if its class pickles something else. */
    public static Map<String, @Nullable Object> attributes(byte[] pickle) {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        if (graph(pickle) instanceof PyObject o) {
            if (o.state() instanceof PyDict d) {
                add(d, out);
            } else if (o.state() instanceof PyTuple both && both.items.size() == 2) {
                // of a class with slots: its dict or None, and the slots
                for (Object part : both.items) {
                    if (part instanceof PyDict d) {
                        add(d, out);
                    }
                }
            }
        }
        return Collections.unmodifiableMap(out);
    }

    private static void add(PyDict d, Map<String, @Nullable Object> out) {
        for (int i = 0; i < d.pairs.size(); i += 2) {
            if (d.pairs.get(i) instanceof String name) {
                out.put(name, value(d.pairs.get(i + 1)));
            }
        }
    }

    private static @Nullable Object value(Object v) {
        try {
            return READER.read(TRANSLATOR.toEnvelope(v, true));
        } catch (PickleException e) {
            // an attribute that refers to the object itself cannot stand alone
            throw SerializationException.reading("an attribute cannot be read on its own: " + e.getMessage(), e);
        }
    }
}
