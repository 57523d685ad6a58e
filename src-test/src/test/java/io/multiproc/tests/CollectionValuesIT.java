package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.tests.fixtures.TestServer;
import java.time.DayOfWeek;
import java.util.*;
import java.util.concurrent.*;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every collection type of the JDK as the type of a dict's values: it comes back as that type, or is refused before anything is stored. */
@Tag("jdk")
@Timeout(60)
class CollectionValuesIT {
    private static TestServer server;
    private static Manager manager;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        manager = server.connect();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A list class of a program's own. */
    public static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
    }

    /** One that has more than its elements. */
    public static final class Labelled extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
        String label = "x";
    }

    private static Names names() {
        Names names = new Names();
        names.add("a");
        return names;
    }

    @SuppressWarnings("JdkObsolete") // programs do use them
    static Stream<Arguments> readable() {
        List<Integer> one = List.of(2, 1);
        Map<String, Integer> map = Map.of("b", 2, "a", 1);
        return Stream.of(
                Arguments.of(List.class, one),
                Arguments.of(Collection.class, one),
                Arguments.of(Iterable.class, one),
                Arguments.of(AbstractList.class, new ArrayList<>(one)),
                Arguments.of(ArrayList.class, new ArrayList<>(one)),
                Arguments.of(LinkedList.class, new LinkedList<>(one)),
                Arguments.of(Queue.class, new LinkedList<>(one)),
                Arguments.of(Deque.class, new LinkedList<>(one)),
                Arguments.of(Vector.class, new Vector<>(one)),
                Arguments.of(CopyOnWriteArrayList.class, new CopyOnWriteArrayList<>(one)),
                Arguments.of(ArrayDeque.class, new ArrayDeque<>(one)),
                Arguments.of(Deque.class, new ArrayDeque<>(one)),
                Arguments.of(PriorityQueue.class, new PriorityQueue<>(one)),
                Arguments.of(Names.class, names()),
                Arguments.of(Set.class, Set.of(1)),
                Arguments.of(HashSet.class, new HashSet<>(one)),
                Arguments.of(LinkedHashSet.class, new LinkedHashSet<>(one)),
                Arguments.of(TreeSet.class, new TreeSet<>(one)),
                Arguments.of(SortedSet.class, new TreeSet<>(one)),
                Arguments.of(NavigableSet.class, new TreeSet<>(one)),
                Arguments.of(ConcurrentSkipListSet.class, new ConcurrentSkipListSet<>(one)),
                Arguments.of(CopyOnWriteArraySet.class, new CopyOnWriteArraySet<>(one)),
                Arguments.of(Map.class, map),
                Arguments.of(Map.class, new EnumMap<>(Map.of(DayOfWeek.MONDAY, 1))),
                Arguments.of(AbstractMap.class, new HashMap<>(map)),
                Arguments.of(HashMap.class, new HashMap<>(map)),
                Arguments.of(LinkedHashMap.class, new LinkedHashMap<>(map)),
                Arguments.of(TreeMap.class, new TreeMap<>(map)),
                Arguments.of(TreeMap.class, new TreeMap<>()),
                Arguments.of(SortedMap.class, new TreeMap<>(map)),
                Arguments.of(NavigableMap.class, new TreeMap<>(map)),
                Arguments.of(ConcurrentMap.class, new ConcurrentHashMap<>(map)),
                Arguments.of(ConcurrentHashMap.class, new ConcurrentHashMap<>(map)),
                Arguments.of(ConcurrentNavigableMap.class, new ConcurrentSkipListMap<>(map)),
                Arguments.of(ConcurrentSkipListMap.class, new ConcurrentSkipListMap<>(map)),
                Arguments.of(Hashtable.class, new Hashtable<>(map)),
                Arguments.of(WeakHashMap.class, new WeakHashMap<>(map)),
                Arguments.of(BitSet.class, BitSet.valueOf(new long[] {5})),
                Arguments.of(Tuple.class, Tuple.of(1, 2)));
    }

    private static Object comparable(Object value) {
        // queues are equal to themselves only
        return value instanceof Queue<?> q ? new ArrayList<>(q) : value;
    }

    @ParameterizedTest
    @MethodSource("readable")
    void comesBackAsItsType(Class<Object> type, Object value) throws Exception {
        DictProxy<String, Object> dict = manager.dict(String.class, type);
        dict.put("k", value);
        for (Supplier<Object> read : List.<Supplier<Object>>of(
                () -> dict.get("k"),
                () -> dict.async().get("k").join(),
                () -> dict.values().iterator().next(),
                () -> dict.snapshot().get("k"),
                () -> dict.merge("k", value, (a, b) -> a))) {
            Object back = assertInstanceOf(type, read.get());
            assertEquals(comparable(value), comparable(back));
        }
        ListProxy<Object> list = manager.list(type);
        list.add(value);
        assertInstanceOf(type, list.get(0));
        QueueProxy<Object> queue = manager.queue(type, 0);
        queue.put(value);
        assertInstanceOf(type, queue.take());
    }

    static Stream<Class<?>> unreadable() {
        return Stream.of(
                EnumMap.class,
                EnumSet.class,
                IdentityHashMap.class,
                Properties.class,
                ConcurrentHashMap.KeySetView.class,
                List.of().getClass(),
                Collections.unmodifiableMap(Map.of()).getClass(),
                Arrays.asList().getClass(),
                Labelled.class);
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void isRefusedBeforeAnythingIsStored(Class<?> type) {
        String name = "refused " + type.getName();
        for (Runnable open : List.<Runnable>of(
                () -> manager.dict(name, String.class, type),
                () -> manager.dict(String.class, type),
                () -> manager.list(name, type),
                () -> manager.queue(name, type, 0),
                () -> manager.joinableQueue(name, type, 0),
                () -> manager.simpleQueue(name, type))) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, open::run);
            assertTrue(e.getMessage().contains("cannot be read back as " + type.getName()), e.getMessage());
        }
        assertNull(manager.find(name));
    }

    @Test
    @SuppressWarnings({"rawtypes", "unchecked"}) // as a program has it
    void aSortedMapWithAComparatorIsRefusedWhereItWouldLoseIt() {
        TreeMap<String, Integer> backwards = new TreeMap<>(Comparator.reverseOrder());
        backwards.put("a", 1);
        DictProxy<String, TreeMap> dict = manager.dict(String.class, TreeMap.class);
        dict.put("k", new TreeMap<>(Comparator.naturalOrder()));
        for (Runnable put : List.<Runnable>of(
                () -> dict.put("k", backwards),
                () -> dict.set("k", backwards),
                () -> dict.putIfAbsent("other", backwards),
                () -> dict.replace("k", backwards),
                () -> dict.putAll(Map.of("k", backwards)),
                () -> dict.compute("k", (k, v) -> backwards),
                () -> dict.async().put("k", backwards))) {
            SerializationException e = assertThrows(SerializationException.class, put::run);
            assertTrue(e.getMessage().contains("a comparator of its own"), e.getMessage());
        }
        assertEquals(Map.of("k", Map.of()), dict.snapshot());
        QueueProxy<SortedSet> queue = manager.queue(SortedSet.class, 0);
        assertThrows(SerializationException.class, () -> queue.put(new TreeSet<>(Comparator.reverseOrder())));
        assertTrue(queue.isEmpty());
        // as a map, in its order
        DictProxy<String, Map> maps = manager.dict(String.class, Map.class);
        backwards.put("b", 2);
        maps.put("k", backwards);
        assertEquals("[b, a]", maps.get("k").keySet().toString());
    }

    @Test
    void whatDoesNotFitIsRefusedWhenItIsRead() {
        DictProxy<Object, Object> any = manager.dict("mixed");
        any.put("k", Arrays.asList(1, null));
        ClassCastException e =
                assertThrows(ClassCastException.class, () -> manager.dict("mixed", String.class, ArrayDeque.class)
                        .get("k"));
        assertTrue(e.getMessage().contains("cannot hold what is stored"), e.getMessage());
        assertThrows(ClassCastException.class, () -> manager.dict("mixed", String.class, TreeMap.class)
                .get("k"));
        // a proxy is not copied
        any.put("k", manager.list());
        assertThrows(ClassCastException.class, () -> manager.dict("mixed", String.class, LinkedList.class)
                .get("k"));
        assertInstanceOf(
                ListProxy.class, manager.dict("mixed", String.class, List.class).get("k"));
    }
}
