package slides;

import io.multiproc.client.memory.SharedArray;
import io.multiproc.client.memory.SharedValue;
import java.nio.charset.StandardCharsets;

/** The type codes of the slides: a byte of text, a character, numbers; pointers mean nothing in another process. */
public class TypeCodes {
    public static void main(String[] args) throws Exception {
        SharedValue<Byte> c = SharedValue.create("c", (byte) 'a');
        SharedValue<String> u = SharedValue.create("u", "b");
        SharedValue<Integer> i = SharedValue.create("i", -3);
        SharedValue<Long> l = SharedValue.create("l", 1L << 40);
        SharedValue<Float> f = SharedValue.create("f", 0.5f);
        SharedArray<byte[]> text = SharedArray.create("c", byte[].class, 8);
        text.setValue("hello".getBytes(StandardCharsets.US_ASCII));
        System.out.println((char) (byte) c.get() + " " + u.get() + " " + i.get() + " " + l.get() + " " + f.get());
        System.out.println(new String(text.value(), StandardCharsets.US_ASCII) + " " + text.raw().length);
    }
}
