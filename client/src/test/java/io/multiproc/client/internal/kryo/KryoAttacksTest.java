package io.multiproc.client.internal.kryo;

import static io.multiproc.client.internal.kryo.KryoCodecTest.contains;
import static io.multiproc.client.internal.kryo.KryoCodecTest.shop;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.esotericsoftware.kryo.io.Output;
import io.multiproc.client.SerializationException;
import io.multiproc.client.model.Shop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages that a stranger would send. Each must end quickly in a SerializationException, without memory for what it claims. */
@Timeout(60)
class KryoAttacksTest {
    private final KryoCodec codec = shop().build();
    private final KryoCodec graphs = shop().references(true).build();
    private final KryoCodec byName =
            KryoCodec.builder().allowPackage("io.multiproc.client.model").build();

    private static byte[] message(Consumer<Output> content) {
        Output out = new Output(64, 1 << 24);
        content.accept(out);
        return out.toBytes();
    }

    private static SerializationException refused(KryoCodec codec, byte[] message) {
        return assertThrows(SerializationException.class, () -> codec.decode(message, 0, message.length));
    }

    @Test
    void declaredSizesAreNotBelieved() {
        for (int size : new int[] {2_000_000_000, -1, Integer.MIN_VALUE, 1_000}) {
            // every array, collection, map, big integer, bit set and text of the table
            for (StandardClasses.Row row : StandardClasses.rows()) {
                boolean sized = row.id() < 48 || List.of(50, 57, 58, 100).contains(row.id());
                if (!sized) {
                    continue;
                }
                byte[] m = message(out -> {
                    out.writeVarInt(row.id() + 2, true);
                    out.writeVarInt(size, true);
                });
                SerializationException e = refused(codec, m);
                assertTrue(e.getMessage() != null, row.toString());
            }
            refused(codec, message(out -> {
                out.writeVarInt(1 + 2, true);
                out.writeVarIntFlag(true, size & 0x3fffffff, true);
            }));
        }
        byte[] ints = message(out -> {
            out.writeVarInt(14 + 2, true);
            out.writeVarInt(2_000_000_001, true);
        });
        assertEquals(6, ints.length);
        contains(refused(codec, ints), "a size of 2000000000 exceeds the message of 6 bytes");
    }

    @Test
    void nestedSizesShareOneBudget() {
        // each level claims as many elements as the message has bytes left
        byte[] m = message(out -> {
            for (int i = 0; i < 30; i++) {
                out.writeVarInt(19 + 2, true);
                out.writeVarInt(900_000, true);
            }
            out.writeBytes(new byte[1_000_000]);
        });
        contains(refused(codec, m), "exceeds the message");
    }

    @Test
    void depthEndsInAnErrorNotInAStackOverflow() {
        byte[] m = message(out -> {
            for (int i = 0; i < 400_000; i++) {
                out.writeVarInt(20 + 2, true);
                out.writeVarInt(1, true);
            }
        });
        contains(refused(codec, m), "nested deeper than 32 levels");
        Shop.Link chain = new Shop.Link();
        for (int i = 0; i < 40; i++) {
            Shop.Link next = new Shop.Link();
            next.next = chain;
            chain = next;
        }
        Shop.Link deep = chain;
        contains(assertThrows(SerializationException.class, () -> codec.encode(deep)), "nested deeper than 32 levels");
        KryoCodec deeper = shop().maxDepth(64).build();
        byte[] fine = deeper.encode(deep);
        deeper.decode(fine, 0, fine.length);
        contains(refused(codec, fine), "nested deeper");
        byte[] arrays = message(out -> {
            for (int i = 0; i < 100_000; i++) {
                out.writeVarInt(1, true);
                out.writeVarInt(0, true);
                out.writeVarInt(1, true);
                out.writeBoolean(false);
            }
        });
        contains(refused(codec, arrays), "too many dimensions");
    }

    @Test
    void nestedSetsNeitherExplodeNorHashForEver() {
        // the classic: each set holds the next two, which share their parts
        Set<Object> root = new HashSet<>();
        Set<Object> s1 = root;
        Set<Object> s2 = new HashSet<>();
        for (int i = 0; i < 28; i++) {
            Set<Object> t1 = new HashSet<>();
            Set<Object> t2 = new HashSet<>();
            t1.add("foo");
            s1.add(t1);
            s1.add(t2);
            s2.add(t1);
            s2.add(t2);
            s1 = t1;
            s2 = t2;
        }
        KryoCodec small = shop().maxBytes(1 << 20).build();
        contains(
                assertThrows(SerializationException.class, () -> small.encode(new Shop.Holder(root))),
                "more than 1048576 bytes");
        contains(
                assertThrows(SerializationException.class, () -> graphs.encode(new Shop.Holder(root))),
                "a key or set element");
        // written by hand, by somebody whose client has no such rule: sets 1..n, each of the two before it
        byte[] m = message(out -> {
            out.writeVarInt(20 + 2, true);
            out.writeVarInt(1, true); // not a reference
            out.writeVarInt(60, true);
            for (int i = 0; i < 60; i++) {
                out.writeVarInt(30 + 2, true);
                out.writeVarInt(1, true);
                out.writeVarInt(i == 0 ? 0 : 1, true);
                if (i > 0) {
                    out.writeVarInt(30 + 2, true);
                    out.writeVarInt(i + 2, true);
                }
            }
        });
        contains(refused(graphs, m), "a key or set element of class java.util.HashSet");
    }

    @Test
    void collidingKeysRunOutOfTime() {
        // lists are not comparable, so a bucket of equal hashes is searched as a whole
        KryoCodec impatient = shop().hashingTime(Duration.ofMillis(200)).build();
        byte[] m = message(out -> {
            int n = 1 << 16;
            out.writeVarInt(40 + 2, true);
            out.writeVarInt(n, true);
            for (int i = 0; i < n; i++) {
                out.writeVarInt(20 + 2, true);
                out.writeVarInt(16, true);
                for (int bit = 0; bit < 16; bit++) {
                    out.writeVarInt(1 + 2, true);
                    out.writeString((i >> bit & 1) == 0 ? "Aa" : "BB");
                }
                out.writeVarInt(0, true);
            }
        });
        contains(refused(impatient, m), "took too long");
    }

    @Test
    void namesAreJudgedBeforeClassesAreLoaded() {
        for (String name : List.of(
                "javax.script.ScriptEngineManager",
                "java.lang.Runtime",
                "io.multiproc.client.modelx.Evil",
                "io.multiproc.client.Tuple",
                "[Ljava.lang.Object;",
                "",
                "x".repeat(10_000),
                "io.multiproc.client.model.Missing",
                "io/multiproc/client/model/Shop")) {
            byte[] m = message(out -> {
                out.writeVarInt(1, true);
                out.writeVarInt(0, true);
                out.writeVarInt(0, true);
                out.writeString(name);
                out.writeInt(0);
            });
            refused(byName, m);
        }
        contains(
                refused(byName, message(out -> {
                    out.writeVarInt(1, true);
                    out.writeVarInt(0, true);
                    out.writeVarInt(0, true);
                    out.writeString("io.multiproc.client.model.Missing");
                })),
                "class io.multiproc.client.model.Missing is not on this JVM's class path");
        contains(
                refused(byName, message(out -> {
                    out.writeVarInt(1, true);
                    out.writeVarInt(0, true);
                    out.writeVarInt(0, true);
                    out.writeString("java.lang.ProcessBuilder");
                })),
                "class java.lang.ProcessBuilder is not registered");
    }

    @Test
    void anotherClassInAFieldIsRefused() {
        // a Holder's map field filled with a list
        byte[] good = codec.encode(new Shop.Holder(null));
        byte[] m = Arrays.copyOf(good, good.length + 1);
        m[good.length - 2] = 20 + 2; // map: an ArrayList
        m[good.length - 1] = 0; // of no elements
        contains(refused(codec, m), "java.util.Map");
    }

    @Test
    void aRecordsChecksApply() {
        byte[] m = codec.encode(new Shop.Item("n", 1, java.math.BigDecimal.ONE, List.of()));
        int described = 2 + 2 + Layout.of(Shop.Item.class).description.length;
        for (int i = described; i < m.length; i++) {
            if (m[i] == 2) { // 1 in zigzag: count is the first component by name
                m[i] = 1; // -1
                break;
            }
        }
        contains(refused(codec, m), "count -1");
    }

    @Test
    void randomAndDamagedBytesGiveNothingButASerializationException() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<byte[]> seeds = new ArrayList<>();
        Shop.Order order = new Shop.Order(
                7,
                Shop.Size.LARGE,
                List.of(new Shop.Item("pen", 1, java.math.BigDecimal.TEN, List.of("a"))),
                new ArrayList<>(KryoCodecTest.standardValues()));
        List<KryoCodec> codecs = List.of(codec, graphs, byName);
        for (KryoCodec c : codecs) {
            seeds.add(c.encode(order));
            seeds.add(c.encode(new Shop.Item[][] {{}, {null}}));
            seeds.add(c.encode(new Shop.Primitives()));
        }
        for (int i = 0; i < 15_000; i++) {
            KryoCodec c = codecs.get(i % 3);
            byte[] m;
            if (i % 2 == 0) {
                m = new byte[random.nextInt(64)];
                random.nextBytes(m);
                if (m.length > 0) {
                    m[0] = (byte) random.nextInt(110);
                }
            } else {
                m = seeds.get(i / 3 % 3 + i % 3 * 3).clone();
                for (int k = random.nextInt(3); k >= 0; k--) {
                    m[random.nextInt(m.length)] = (byte) random.nextInt();
                }
                m = random.nextInt(4) == 0 ? Arrays.copyOf(m, random.nextInt(m.length)) : m;
            }
            try {
                c.decode(m, 0, m.length);
            } catch (SerializationException expected) {
                assertTrue(expected.getMessage() != null);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", step " + i + ", message " + Arrays.toString(m), e);
            }
        }
        byte[] fine = codec.encode(order);
        assertEquals(order, codec.decode(fine, 0, fine.length), "seed " + seed);
    }

    @Test
    void messagesBeyondTheLimitAreRefused() {
        KryoCodec small = shop().maxBytes(100).build();
        contains(assertThrows(SerializationException.class, () -> small.encode(new int[200])), "more than 100 bytes");
        contains(refused(small, new byte[101]), "exceeds the limit of 100");
        contains(refused(small, new byte[0]), "cut off");
        byte[] m = codec.encode(new Shop.Circle(1));
        contains(refused(codec, Arrays.copyOf(m, m.length + 1)), "left over");
    }

    @Test
    void withReferencesAKeyMayBeAnObjectThatWasWrittenBefore() {
        Shop.Item key = new Shop.Item("pen", 3, java.math.BigDecimal.ONE, List.of("blue"));
        List<Object> value = new ArrayList<>(List.of(key, new HashSet<>(Set.of(key)), new HashSet<>(Set.of(key, 1))));
        List<?> back = (List<?>) KryoCodecTest.again(graphs, value);
        assertEquals(value, back);
        assertSame(back.get(0), ((Set<?>) back.get(1)).iterator().next());
        List<Object> part = new ArrayList<>(List.of(1));
        List<Object> refused = List.of(part, new HashSet<>(Set.of(List.of(part))));
        contains(
                assertThrows(SerializationException.class, () -> graphs.encode(refused)),
                "use a key without such parts");
    }
}
