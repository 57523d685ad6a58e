package io.multiproc.client.internal.kryo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Outcome;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.value.Referable;
import io.multiproc.client.model.Shop;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.URI;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KryoCodecTest {
    record Proxy(int typeCode, long objectId) implements Referable {}

    static KryoCodec.Builder shop() {
        return KryoCodec.builder()
                .register(1000, Shop.Item.class)
                .register(1001, Shop.Order.class)
                .register(1002, Shop.Size.class)
                .register(1003, Shop.Primitives.class)
                .register(1004, Shop.Express.class)
                .register(1005, Shop.Node.class)
                .register(1006, Shop.Link.class)
                .register(1007, Shop.Names.class)
                .register(1008, Shop.Prices.class)
                .register(1009, Shop.Shape.class)
                .register(1010, Shop.Circle.class)
                .register(1011, Shop.Holder.class);
    }

    private final KryoCodec codec = shop().build();
    private final KryoCodec byName =
            KryoCodec.builder().allowPackage("io.multiproc.client.model").build();

    static Object again(KryoCodec codec, Object value) {
        byte[] bytes = codec.encode(value);
        byte[] shifted = new byte[bytes.length + 5];
        System.arraycopy(bytes, 0, shifted, 2, bytes.length);
        return codec.decode(shifted, 2, bytes.length);
    }

    @SuppressWarnings({"JdkObsolete", "JavaUtilDate"}) // they are what users' objects hold
    static List<Object> standardValues() {
        Map<String, Object> nested = new TreeMap<>(Comparator.reverseOrder());
        nested.put("a", new ArrayList<>(Arrays.asList(1, null, "x")));
        nested.put("b", Map.of(1, List.of(2)));
        return List.of(
                List.of(),
                List.of(1),
                List.of(1, 2, 3),
                Stream.of(1, 2).toList(),
                Arrays.asList("a", null),
                new LinkedList<>(List.of(1)),
                new CopyOnWriteArrayList<>(List.of(1, 2)),
                new ArrayList<>(List.of(1, 2)).subList(0, 1),
                Collections.emptyList(),
                Collections.singletonList(null),
                Collections.nCopies(3, "x"),
                Collections.unmodifiableList(new ArrayList<>(List.of(4))),
                Set.of(),
                Set.of(1),
                Set.of(1, 2, 3),
                new HashSet<>(List.of("a", "b")),
                new LinkedHashSet<>(List.of(2, 1)),
                new TreeSet<>(List.of(2, 1)),
                new ConcurrentSkipListSet<>(List.of(2, 1)),
                Collections.singleton(1),
                Collections.unmodifiableSet(new HashSet<>(List.of(1))),
                EnumSet.of(TimeUnit.DAYS, TimeUnit.HOURS),
                EnumSet.noneOf(TimeUnit.class),
                Map.of(),
                Map.of(1, 2),
                Map.of(1, 2, 3, 4),
                new HashMap<>(Map.of("k", List.of())),
                new LinkedHashMap<>(Map.of("k", 1)),
                nested,
                new ConcurrentHashMap<>(Map.of(1, 1)),
                new ConcurrentSkipListMap<>(Map.of(1, 1)),
                Collections.singletonMap("k", null),
                new EnumMap<>(Map.of(Month.MAY, 5)),
                new EnumMap<>(Month.class),
                Map.entry("k", "v"),
                new AbstractMap.SimpleEntry<>("k", null),
                new HashMap<>(Map.of(1, 1)).keySet(),
                BigInteger.ONE.shiftLeft(200),
                new BigDecimal("1.50"),
                new UUID(1, 2),
                new Date(5),
                Locale.GERMANY,
                URI.create("http://x/y"),
                Currency.getInstance("EUR"),
                BitSet.valueOf(new long[] {5, 6}),
                Optional.of("x"),
                Optional.empty(),
                OptionalInt.of(5),
                OptionalLong.of(5),
                OptionalDouble.of(5),
                Instant.MAX,
                LocalDate.MIN,
                LocalTime.MAX,
                LocalDateTime.MAX,
                OffsetDateTime.MAX,
                ZonedDateTime.of(LocalDateTime.of(2026, 1, 1, 1, 1), ZoneId.of("Asia/Tokyo")),
                Duration.ofNanos(-1),
                Period.ofDays(3),
                Year.of(2026),
                YearMonth.of(2026, 5),
                MonthDay.of(2, 29),
                OffsetTime.MIN,
                ZoneOffset.MAX,
                ZoneId.of("Europe/Paris"),
                DayOfWeek.MONDAY,
                Month.MAY,
                TimeUnit.DAYS,
                RoundingMode.UP,
                Tuple.of(1, "x"));
    }

    @ParameterizedTest
    @MethodSource("standardValues")
    void standardClassesComeBackEqual(Object value) {
        for (KryoCodec c : List.of(codec, shop().references(true).build())) {
            assertEquals(value, again(c, value));
            Shop.Holder back = (Shop.Holder) again(c, new Shop.Holder(value));
            assertEquals(value, back.value);
        }
    }

    @Test
    void classesWithoutEqualsComeBackToo() {
        assertEquals(5, ((AtomicInteger) again(codec, new AtomicInteger(5))).get());
        StringBuilder text = new StringBuilder();
        text.append("xü").append(5);
        assertEquals("xü5", again(codec, text).toString());
        assertEquals(List.of(1, 2), new ArrayList<>((ArrayDeque<?>) again(codec, new ArrayDeque<>(List.of(1, 2)))));
        PriorityQueue<Integer> queue = new PriorityQueue<>(Comparator.reverseOrder());
        queue.addAll(List.of(1, 3, 2));
        assertEquals(3, ((PriorityQueue<?>) again(codec, queue)).poll());
        TreeSet<String> insensitive = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        insensitive.add("a");
        assertTrue(((TreeSet<?>) again(codec, insensitive)).contains("A"));
    }

    @Test
    void arraysOfEveryKind() {
        for (Object array : List.of(
                new boolean[] {true, false},
                new byte[] {1},
                new char[] {'x'},
                new short[] {-1},
                new int[] {1, -1},
                new long[] {Long.MIN_VALUE},
                new float[] {1f},
                new double[] {1, 2},
                new String[] {"a", null, ""},
                new Object[] {1, "x", null},
                new Integer[] {1, null},
                new int[][] {{1}, {}, null},
                new String[2][2][1],
                new Shop.Item[] {item()},
                new Shop.Item[][] {{item()}, null},
                new Shop.Shape[] {new Shop.Circle(2)},
                new List<?>[] {List.of(1)},
                new UUID[] {new UUID(3, 4)})) {
            for (KryoCodec c : List.of(codec, byName)) {
                Object back = again(c, array);
                assertEquals(array.getClass(), back.getClass());
                assertArrayEquals(new Object[] {array}, new Object[] {back});
                Object[] both = (Object[]) again(c, new Object[] {array, array});
                assertArrayEquals(new Object[] {array, array}, both);
            }
        }
    }

    private static Shop.Item item() {
        return new Shop.Item("pen", 3, new BigDecimal("1.20"), List.of("blue", "ü"));
    }

    @Test
    void recordsEnumsAndObjectsByIdAndByName() {
        Shop.Order order = new Shop.Order(
                7,
                Shop.Size.LARGE,
                List.of(item(), item()),
                Map.of("k", new int[0][]).keySet().size());
        for (KryoCodec c : List.of(codec, byName)) {
            assertEquals(item(), again(c, item()));
            assertSame(Shop.Size.LARGE, again(c, Shop.Size.LARGE));
            assertEquals(EnumSet.of(Shop.Size.LARGE), again(c, EnumSet.of(Shop.Size.LARGE)));
            assertEquals(order, again(c, order));
            assertEquals(List.of(order, order), again(c, new ArrayList<>(List.of(order, order))));
            Shop.Express express = (Shop.Express) again(c, new Shop.Express(1, 2));
            assertEquals(new Shop.Express(1, 2), express);
            assertEquals(2, express.own());
            Shop.Primitives p = (Shop.Primitives) again(c, new Shop.Primitives());
            assertEquals(new Shop.Primitives().all(), p.all());
            assertArrayEquals(new Shop.Primitives().grid, p.grid);
        }
        assertTrue(codec.encode(item()).length < byName.encode(item()).length);
    }

    @Test
    void collectionClassesOfTheUser() {
        Shop.Names names = new Shop.Names();
        names.add("x");
        Shop.Prices prices = new Shop.Prices();
        prices.put("pen", 5);
        assertEquals(Shop.Names.class, again(codec, names).getClass());
        assertEquals(names, again(codec, names));
        assertEquals(Shop.Prices.class, again(byName, prices).getClass());
        assertEquals(prices, again(byName, prices));
    }

    @Test
    void anUnregisteredClassSaysWhatToDo() {
        KryoCodec none = KryoCodec.builder().build();
        var e = assertThrows(SerializationException.class, () -> none.encode(item()));
        contains(
                e,
                "class io.multiproc.client.model.Shop$Item is not registered: call ManagerOptions.register(1000,"
                        + " Shop.Item.class) with the same id in every JVM, or allowPackage(\"io.multiproc.client.model\")");
        assertEquals(Outcome.NOT_APPLIED, e.outcome());
        contains(
                assertThrows(SerializationException.class, () -> codec.encode(new Object[] {new Thread()})),
                "java.lang.Thread");
        byte[] bytes = codec.encode(item());
        var reading = assertThrows(SerializationException.class, () -> none.decode(bytes, 0, bytes.length));
        contains(reading, "class id 1000 is not registered here");
        assertEquals(Outcome.APPLIED, reading.outcome());
        byte[] named = byName.encode(item());
        contains(
                assertThrows(SerializationException.class, () -> codec.decode(named, 0, named.length)),
                "class io.multiproc.client.model.Shop$Item is not registered");
    }

    @Test
    void aProxyInsideAnObjectIsRefusedWithItsPath() {
        Shop.Holder holder = new Shop.Holder(new Shop.Holder(List.of(new Proxy(1, 2))));
        var e = assertThrows(SerializationException.class, () -> codec.encode(holder));
        contains(e, "proxies travel in lists, tuples, sets and dicts, not inside objects of user classes");
        contains(
                e,
                "in field value (io.multiproc.client.model.Shop$Holder), value (io.multiproc.client.model.Shop$Holder)");
    }

    @Test
    void theSameIdForAnotherClassIsNamed() {
        KryoCodec other = KryoCodec.builder().register(1000, Shop.Circle.class).build();
        byte[] bytes = codec.encode(item());
        contains(
                assertThrows(SerializationException.class, () -> other.decode(bytes, 0, bytes.length)),
                "class id 1000 is class io.multiproc.client.model.Shop$Circle here, but the sender's has another name");
    }

    @Test
    void registrationsTellKindAndFields() {
        assertEquals(
                new Registered(
                        1000,
                        Shop.Item.class.getName(),
                        "a record",
                        new TreeMap<>(Map.of(
                                "name", "java.lang.String",
                                "count", "int",
                                "price", "java.math.BigDecimal",
                                "tags", "java.util.List"))),
                codec.registrations().get(0));
        assertEquals("an enum", codec.registrations().get(2).kind());
        // the field of the subclass has the longer name
        assertEquals(
                Set.of("id", "size", "items", "extra", Shop.Express.class.getName() + ".id"),
                codec.registrations().get(4).fields().keySet());
    }

    @Test
    void theFirstFormatIsReadAsFarAsItHoldsNoUsersClass() {
        byte[] array = codec.encode(new int[] {1, 2});
        assertArrayEquals(new int[] {1, 2}, (int[]) codec.decodeForeign(1, array, 0, array.length));
        byte[] bytes = codec.encode(item());
        contains(
                assertThrows(SerializationException.class, () -> codec.decodeForeign(1, bytes, 0, bytes.length)),
                "class id 1000, class io.multiproc.client.model.Shop$Item was written by a version of this library in which"
                        + " classes could not change");
        assertEquals(item(), codec.decode(bytes, 0, bytes.length));
        byte[] named = byName.encode(item());
        contains(
                assertThrows(SerializationException.class, () -> byName.decodeForeign(1, named, 0, named.length)),
                "class io.multiproc.client.model.Shop$Item was written by");
        contains(
                assertThrows(SerializationException.class, () -> codec.decodeForeign(4, bytes, 0, bytes.length)),
                "was written by codec 4 (JSON); this client reads codec 3 (Kryo)");
    }

    @Test
    void fingerprintsTellRegistriesApart() {
        assertEquals(64, codec.fingerprint().length());
        assertEquals(codec.fingerprint(), shop().build().fingerprint());
        assertNotEquals(codec.fingerprint(), byName.fingerprint());
        assertNotEquals(codec.fingerprint(), shop().allowPackage("a").build().fingerprint());
        assertEquals(1000, codec.registrations().get(0).id());
        assertEquals(12, codec.registrations().size());
    }

    @Test
    void classesThatCannotBeWrittenAreRefusedAtOnce() {
        refused(Shop.Inner.class, "inner class");
        refused(Shop.Labelled.class, "label, which would be lost");
        refused(IllegalStateException.class, "exception");
        refused(int[].class, "built in");
        refused(Shop.Item[].class, "register the class of its elements");
        refused(String.class, "built in");
        refused(ArrayList.class, "built in");
        refused(Thread.class, "Java does not open");
        Runnable lambda = () -> {};
        refused(lambda.getClass(), "lambda");
        var low = assertThrows(
                IllegalArgumentException.class, () -> KryoCodec.builder().register(999, Shop.Item.class));
        contains(low, "ids from 1000");
        contains(
                assertThrows(IllegalArgumentException.class, () -> shop().register(1000, Shop.Circle.class)),
                "is taken");
        contains(
                assertThrows(IllegalArgumentException.class, () -> shop().register(2000, Shop.Circle.class)),
                "has id 1010");
        for (String bad : List.of("java", "java.util", "sun.misc", ".", "a..b", "a.*", "com.sun.x")) {
            assertThrows(
                    IllegalArgumentException.class, () -> KryoCodec.builder().allowPackage(bad), bad);
        }
        contains(
                assertThrows(SerializationException.class, () -> byName.encode(new Shop.Holder(lambda))),
                "is a lambda");
    }

    private static void refused(Class<?> type, String text) {
        contains(
                assertThrows(IllegalArgumentException.class, () -> KryoCodec.builder()
                        .register(1000, type)),
                text);
    }

    static void contains(Throwable e, String text) {
        assertTrue(String.valueOf(e.getMessage()).contains(text), e.getMessage());
    }

    @Test
    void referencesKeepGraphsOnlyWhenAsked() {
        Shop.Node a = new Shop.Node();
        Shop.Node b = new Shop.Node();
        a.name = "a";
        b.name = "b";
        a.self = a;
        a.neighbours.add(b);
        b.neighbours.add(a);
        KryoCodec graphs = shop().references(true).build();
        Shop.Node back = (Shop.Node) again(graphs, a);
        assertSame(back, back.self);
        Shop.Node other = back.neighbours.iterator().next();
        assertEquals("b", other.name);
        assertSame(back, other.neighbours.iterator().next());
        assertTrue(other.neighbours.contains(back));
        contains(
                assertThrows(SerializationException.class, () -> codec.encode(a)),
                "nested deeper than 32 levels, or refers to itself");
    }

    @Test
    void concurrentUseGivesTheSameBytes() throws Exception {
        Shop.Order order = new Shop.Order(7, Shop.Size.SMALL, List.of(item()), "x");
        byte[] expected = codec.encode(order);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                results.add(threads.submit(() -> {
                    for (int i = 0; i < 2000; i++) {
                        if (i % 50 == 0) {
                            assertThrows(
                                    SerializationException.class, () -> codec.encode(new Shop.Holder(Thread.class)));
                        }
                        assertArrayEquals(expected, codec.encode(order));
                        assertEquals(order, codec.decode(expected, 0, expected.length));
                    }
                    return true;
                }));
            }
            for (Future<Boolean> f : results) {
                assertTrue(f.get(60, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
