package io.multiproc.tests.fuzz;

import io.multiproc.protocol.pickle.PickleException;
import io.multiproc.protocol.pickle.PickleLimits;
import io.multiproc.protocol.pickle.PickleWriter;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Translator;
import io.multiproc.protocol.pickle.Unpickler;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Any bytes are a value or a refusal. A value is well formed, is the same when it went out as a pickle and came back, and nothing else throws. */
public final class PickleTarget {
    private static final PickleLimits LIMITS = new PickleLimits(1000, 200_000);

    private static final Translator TRANSLATOR = new Translator(new Translator.Proxies() {
        @Override
        public byte @Nullable [] toEnvelope(Py.PyObject rebuildProxy) {
            return null;
        }

        @Override
        public Object fromEnvelope(int type, long id) {
            throw new AssertionError("a reference out of nothing");
        }
    });

    private PickleTarget() {}

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] b) {
        byte[] value;
        try {
            value = read(b);
        } catch (PickleException | ValueException e) {
            return;
        }
        if (Values.check(value, 0, value.length) != value.length) {
            throw new AssertionError("a value of " + value.length + " bytes is not well formed");
        }
        PickleWriter out = new PickleWriter().start();
        TRANSLATOR.pickle(value, 0, out);
        if (!Arrays.equals(value, read(out.stop().toByteArray()))) {
            throw new AssertionError("another value came back");
        }
    }

    private static byte[] read(byte[] b) {
        Unpickler reader = new Unpickler(b, 0, b.length, LIMITS);
        Object graph = reader.read();
        return TRANSLATOR.toEnvelope(graph, reader.isShared());
    }
}
