package io.multiproc.jmh;

import io.multiproc.protocol.pickle.PickleLimits;
import io.multiproc.protocol.pickle.PickleWriter;
import io.multiproc.protocol.pickle.Pickler;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Unpickler;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The Python dialect's messages: a request {@code (ident, method, args, kwds)} and a reply {@code ('#RETURN', value)}. */
@State(Scope.Thread)
public class Pickles extends Settings {
    private final Object request =
            Py.tuple("7f0000000001", "__setitem__", Py.tuple("key00001", "v".repeat(100)), new Py.PyDict());
    private final Object reply = Py.tuple("#RETURN", "v".repeat(100));
    private final byte[] pickledRequest = Pickler.write(request);
    private final PickleWriter out = new PickleWriter();

    @Benchmark
    public Object readRequest() {
        return new Unpickler(pickledRequest, 0, pickledRequest.length, PickleLimits.DEFAULT).read();
    }

    @Benchmark
    public int writeRequest() {
        return write(request);
    }

    @Benchmark
    public int writeReply() {
        return write(reply);
    }

    private int write(Object value) {
        out.reset().start();
        new Pickler(out, true).save(value);
        return out.stop().size();
    }
}
