package io.multiproc.client.pipe;

import io.multiproc.client.SerializationException;
import io.multiproc.client.internal.code.ValueCodec;
import io.multiproc.client.internal.kryo.AllowedClasses;
import io.multiproc.protocol.pickle.PickleException;
import io.multiproc.protocol.pickle.PickleLimits;
import io.multiproc.protocol.pickle.PickleWriter;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Translator;
import io.multiproc.protocol.pickle.Unpickler;
import org.jspecify.annotations.Nullable;

/** Values as Python's pickles. They are read as data: nothing that one names is ever called. Thread-safe. */
final class PickleCodec implements Connection.Codec {
    private static final ValueCodec PLAIN = new ValueCodec(AllowedClasses.NONE).withoutReferences();
    private static final Translator TRANSLATOR = new Translator(new Translator.Proxies() {
        @Override
        public byte @Nullable [] toEnvelope(PyObject rebuildProxy) {
            return null;
        }

        @Override
        public Object fromEnvelope(int type, long id) {
            throw new PickleException("a proxy travels through its manager only");
        }
    });

    @Override
    public byte[] write(@Nullable Object value) {
        PickleWriter out = new PickleWriter().start();
        try {
            TRANSLATOR.pickle(PLAIN.write(value), 0, out);
        } catch (PickleException e) {
            throw SerializationException.writing("the value cannot be pickled: " + e.getMessage(), e);
        }
        return out.stop().toByteArray();
    }

    @Override
    public @Nullable Object read(byte[] bytes) {
        try {
            Unpickler in = new Unpickler(bytes, 0, bytes.length, PickleLimits.ofThisJvm());
            Object graph = in.read();
            return PLAIN.read(TRANSLATOR.toEnvelope(graph, in.isShared()));
        } catch (PickleException e) {
            throw SerializationException.reading("the received pickle cannot be read: " + e.getMessage(), e);
        }
    }
}
