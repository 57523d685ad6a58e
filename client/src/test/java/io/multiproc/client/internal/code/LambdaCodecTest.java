package io.multiproc.client.internal.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.process.Code;
import io.multiproc.client.process.Task;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Code that comes from elsewhere is code that is here, or is refused by name. */
class LambdaCodecTest {
    private static final ClassLoader HERE = LambdaCodecTest.class.getClassLoader();

    static int twice(int n) {
        return 2 * n;
    }

    private static Tuple names(Task.Of1<Integer, Integer> f) {
        return LambdaCodec.of(f);
    }

    private static Tuple changed(Tuple names, int at, Object value) {
        List<Object> all = new ArrayList<>(names);
        all.set(at, value);
        return Tuple.copyOf(all);
    }

    private static void refused(String why, Tuple names) {
        var e = assertThrows(SerializationException.class, () -> LambdaCodec.find(names, HERE, Code.class));
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    @Test
    void thereAndBack() throws Exception {
        assertEquals(
                14,
                LambdaCodec.find(names(LambdaCodecTest::twice), HERE, Code.class)
                        .invoke(7));
        int n = 5;
        assertEquals(12, LambdaCodec.find(names(x -> x + n), HERE, Code.class).invoke(7));
        String s = "abc";
        Task.Of0<Integer> bound = s::length;
        Tuple names = LambdaCodec.of(bound);
        assertEquals(3, LambdaCodec.find(names, HERE, Code.class).invoke());
        // the captured values are data: others give the same code on them
        assertEquals(
                1,
                LambdaCodec.find(changed(names, 9, List.of("x")), HERE, Code.class)
                        .invoke());
    }

    @Test
    void otherCodeIsRefused() {
        Tuple good = names(LambdaCodecTest::twice);
        refused("is not on this JVM's class path", changed(good, 0, "com/acme/Gone"));
        refused("has no code for other processes", changed(good, 0, "java/lang/Runtime"));
        refused("another version", changed(good, 6, "main"));
        refused("another version", changed(changed(good, 5, "java/lang/System"), 6, "exit"));
        refused("no Target or Task", changed(good, 1, "java/lang/Runnable"));
        refused("not described", changed(good, 4, "six"));
        refused("not described", changed(good, 0, 1));
        refused("not described", Tuple.of(1, 2));
    }

    @Test
    void aLambdaOfAnotherInterfaceIsRefused() {
        // it is in this class, and it is serialisable, but nobody meant it to be run by other processes
        @SuppressWarnings("unchecked")
        Supplier<String> other = (Supplier<String> & Serializable) () -> "not for others";
        assertEquals("not for others", other.get());
        Tuple good = names(LambdaCodecTest::twice);
        refused("no Target or Task", changed(good, 1, "java/util/function/Supplier"));
    }

    /** A class is no lambda. */
    static final class Named implements Code {
        @Override
        public Object invoke(Object... arguments) {
            return null;
        }
    }

    @Test
    void whatIsNoLambdaCannotBeSent() {
        var e = assertThrows(SerializationException.class, () -> LambdaCodec.of(new Named()));
        assertTrue(e.getMessage().contains("is no method reference or lambda"), e.getMessage());
    }
}
