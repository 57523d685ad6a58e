package io.multiproc.protocol.pickle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Work;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TranslatorSequenceTest {
    private static final Translator.Proxies NONE = new Translator.Proxies() {
        @Override
        public byte @Nullable [] toEnvelope(PyObject rebuildProxy) {
            return null;
        }

        @Override
        public Object fromEnvelope(int type, long id) {
            throw new AssertionError();
        }
    };

    private static PyList numbers(int n) {
        List<Object> items = new ArrayList<>();
        for (long i = 0; i < n; i++) {
            items.add(i);
        }
        return new PyList(items);
    }

    @Test
    void whatComesAgainIsTheSame() {
        PyList small = numbers(3);
        PyList large = numbers(1_000);
        Object equal = numbers(1_000);
        Object holds = Py.tuple(large, 1L, large);
        List<Object> values = List.of(large, small, 7L, large, "text", holds, small, equal, holds, large);
        Translator translator = new Translator(NONE);
        for (boolean shared : new boolean[] {false, true}) {
            ByteWriter one = new ByteWriter();
            values.forEach(v -> translator.write(v, shared, one));
            ByteWriter all = new ByteWriter();
            values.forEach(translator.sequence(shared, all)::write);
            assertArrayEquals(one.toByteArray(), all.toByteArray());
        }
    }

    @Test
    void whatComesAgainCostsACopy() {
        PyList large = numbers(10_000);
        Work work = new Work(20_000_000);
        ByteWriter out = new ByteWriter();
        Translator.Sequence sequence = new Translator(NONE, 1 << 30, work).sequence(true, out);
        for (int i = 0; i < 1_000; i++) {
            sequence.write(large);
        }
        assertEquals(0, out.size() % 1_000);
        // one after another they would cost more than that
        Translator eachOne = new Translator(NONE, 1 << 30, new Work(20_000_000));
        assertThrows(ValueException.class, () -> {
            for (int i = 0; i < 1_000; i++) {
                eachOne.write(large, true, new ByteWriter());
            }
        });
    }

    @Test
    void copiesAreWithinTheBound() {
        PyList large = numbers(10_000);
        ByteWriter out = new ByteWriter();
        Translator.Sequence sequence = new Translator(NONE, 1 << 20, new Work(Work.DEFAULT)).sequence(true, out);
        ValueException refused = assertThrows(ValueException.class, () -> {
            for (int i = 0; i < 1_000; i++) {
                sequence.write(large);
            }
        });
        assertEquals(ErrorCode.TOO_LARGE, refused.code());
    }
}
