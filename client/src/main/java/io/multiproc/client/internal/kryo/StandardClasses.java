package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.serializers.DefaultArraySerializers;
import com.esotericsoftware.kryo.serializers.DefaultSerializers;
import com.esotericsoftware.kryo.serializers.EnumNameSerializer;
import com.esotericsoftware.kryo.serializers.OptionalSerializers;
import com.esotericsoftware.kryo.serializers.TimeSerializers;
import io.multiproc.client.Complex;
import io.multiproc.client.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.URI;
import java.time.*;
import java.time.temporal.ChronoUnit;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The JDK classes that user objects may hold, under ids that never change: 10 to 99 here, 100 to 999 for our own classes, users'
 * ids from 1000. Nothing that loads classes, runs code or compiles anything is in it, and nothing that opens anything but shared memory and pipes of this user.
 */
final class StandardClasses {
    /** The first id that is a user's. */
    static final int FIRST_USER_ID = 1000;
    /** Changes when a row does, so that fingerprints differ. */
    static final int VERSION = 2;

    /** A row: serializers are made anew for each Kryo, because Kryo's are not thread-safe. */
    record Row(int id, Class<?> type, boolean value, Supplier<Serializer<?>> serializer) {}

    private static final List<Row> ROWS = new ArrayList<>();
    private static final Map<Class<?>, Class<?>> ALIASES = new HashMap<>();
    private static final Set<Class<?>> TYPES = new HashSet<>();
    private static final Map<String, Class<?>> BY_NAME = new HashMap<>();
    private static final Set<Class<?>> VALUES = new HashSet<>();
    /** JDK classes that an array may be of though they are no row, by name. */
    private static final Map<String, Class<?>> ELEMENTS = new HashMap<>();

    static {
        arrays();
        collections();
        maps();
        values();
        times();
        constants();
        aliases();
        row(100, Tuple.class, () -> ElementsSerializer.immutable(false, Tuple::copyOf));
        // before our own handles, which mean something to Kryo only
        ROWS.forEach(r -> BY_NAME.put(r.type().getName(), r.type()));
        handles();
        VALUES.add(String.class);
        TYPES.add(String.class);
        for (Class<?> c : List.of(
                Integer.class,
                Long.class,
                Short.class,
                Byte.class,
                Double.class,
                Float.class,
                Boolean.class,
                Character.class,
                Number.class,
                CharSequence.class,
                Comparable.class,
                Collection.class,
                List.class,
                Set.class,
                Map.class,
                Object.class)) {
            ELEMENTS.put(c.getName(), c);
        }
    }

    private StandardClasses() {}

    static List<Row> rows() {
        return ROWS;
    }

    /** The class of the JDK with a row of its own and this name, or null. */
    static @Nullable Class<?> named(String name) {
        return BY_NAME.get(name);
    }

    /** Whether the class has an id of its own here. */
    static boolean contains(Class<?> type) {
        return TYPES.contains(type) || ALIASES.containsKey(type) || ELEMENTS.containsValue(type);
    }

    /** The class whose row also serves {@code type}, or null. */
    static @Nullable Class<?> alias(Class<?> type) {
        return EnumSet.class.isAssignableFrom(type) && type != EnumSet.class ? EnumSet.class : ALIASES.get(type);
    }

    /** Whether identity means nothing for its instances, so that references to them are not kept. */
    static boolean isValue(Class<?> type) {
        return VALUES.contains(type);
    }

    /** A JDK class that arrays may be of, or null. */
    static @Nullable Class<?> element(String name) {
        return ELEMENTS.get(name);
    }

    private static void row(int id, Class<?> type, Supplier<Serializer<?>> serializer) {
        ROWS.add(new Row(id, type, false, serializer));
        TYPES.add(type);
    }

    private static void value(int id, Class<?> type, Supplier<Serializer<?>> serializer) {
        ROWS.add(new Row(id, type, true, serializer));
        TYPES.add(type);
        VALUES.add(type);
    }

    /**
     * What travels as a name and is attached to when it is read: names and secrets of the folder that this user's processes share, and
     * nothing beyond.
     */
    private static void handles() {
        HandleClasses.standard().addTo(new HandleClasses.Table() {
            @Override
            public <T> void add(
                    int id, Class<T> type, boolean value, Function<T, String> text, Function<String, T> attach) {
                Supplier<Serializer<?>> serializer = () -> SmallSerializers.handle(text, attach);
                if (value) {
                    StandardClasses.value(id, type, serializer);
                } else {
                    row(id, type, serializer);
                }
            }
        });
    }

    private static void arrays() {
        row(10, boolean[].class, SmallSerializers.BooleanArray::new);
        row(11, byte[].class, DefaultArraySerializers.ByteArraySerializer::new);
        row(12, char[].class, DefaultArraySerializers.CharArraySerializer::new);
        row(13, short[].class, DefaultArraySerializers.ShortArraySerializer::new);
        row(14, int[].class, DefaultArraySerializers.IntArraySerializer::new);
        row(15, long[].class, DefaultArraySerializers.LongArraySerializer::new);
        row(16, float[].class, DefaultArraySerializers.FloatArraySerializer::new);
        row(17, double[].class, DefaultArraySerializers.DoubleArraySerializer::new);
        row(18, String[].class, SmallSerializers.ObjectArray::new);
        row(19, Object[].class, SmallSerializers.ObjectArray::new);
    }

    @SuppressWarnings("JdkObsolete") // users' objects do hold linked lists
    private static void collections() {
        row(20, ArrayList.class, () -> ElementsSerializer.list(ArrayList::new));
        row(21, LinkedList.class, () -> ElementsSerializer.list(n -> new LinkedList<>()));
        row(22, ArrayDeque.class, () -> ElementsSerializer.list(ArrayDeque::new));
        row(23, CopyOnWriteArrayList.class, SmallSerializers.CopyOnWriteLists::new);
        row(
                24,
                PriorityQueue.class,
                () -> ElementsSerializer.sorted(c -> new PriorityQueue<>(c), q -> ((PriorityQueue<?>) q).comparator()));
        row(25, unmodifiable(List.of()), () -> ElementsSerializer.immutable(false, Collections::unmodifiableList));
        row(30, HashSet.class, () -> ElementsSerializer.hashed(n -> new HashSet<>()));
        row(31, LinkedHashSet.class, () -> ElementsSerializer.hashed(n -> new LinkedHashSet<>()));
        row(
                32,
                TreeSet.class,
                () -> ElementsSerializer.sorted(c -> new TreeSet<>(c), s -> ((SortedSet<?>) s).comparator()));
        row(
                33,
                ConcurrentSkipListSet.class,
                () -> ElementsSerializer.sorted(
                        c -> new ConcurrentSkipListSet<>(c), s -> ((SortedSet<?>) s).comparator()));
        row(
                35,
                unmodifiable(Set.of()),
                () -> ElementsSerializer.immutable(true, l -> Collections.unmodifiableSet(new LinkedHashSet<>(l))));
        row(36, EnumSet.class, SmallSerializers.EnumSets::new);
    }

    private static void maps() {
        row(40, HashMap.class, () -> EntriesSerializer.hashed(n -> new HashMap<>()));
        row(41, LinkedHashMap.class, () -> EntriesSerializer.hashed(n -> new LinkedHashMap<>()));
        row(
                42,
                TreeMap.class,
                () -> EntriesSerializer.sorted(c -> new TreeMap<>(c), m -> ((SortedMap<?, ?>) m).comparator()));
        row(43, ConcurrentHashMap.class, () -> EntriesSerializer.hashed(n -> new ConcurrentHashMap<>()));
        row(
                44,
                ConcurrentSkipListMap.class,
                () -> EntriesSerializer.sorted(
                        c -> new ConcurrentSkipListMap<>(c), m -> ((SortedMap<?, ?>) m).comparator()));
        row(45, Collections.unmodifiableMap(Map.of()).getClass(), EntriesSerializer::immutable);
        row(46, EnumMap.class, SmallSerializers.EnumMaps::new);
        row(
                48,
                AbstractMap.SimpleImmutableEntry.class,
                () -> SmallSerializers.entry(e -> new AbstractMap.SimpleImmutableEntry<>(e)));
        row(49, AbstractMap.SimpleEntry.class, () -> SmallSerializers.entry(e -> new AbstractMap.SimpleEntry<>(e)));
    }

    private static void values() {
        value(50, BigInteger.class, DefaultSerializers.BigIntegerSerializer::new);
        value(51, BigDecimal.class, DefaultSerializers.BigDecimalSerializer::new);
        value(52, UUID.class, DefaultSerializers.UUIDSerializer::new);
        row(53, Date.class, DefaultSerializers.DateSerializer::new);
        value(54, Locale.class, () -> SmallSerializers.text(Locale::toLanguageTag, Locale::forLanguageTag));
        value(55, URI.class, () -> SmallSerializers.text(URI::toString, URI::create));
        value(56, Currency.class, () -> SmallSerializers.text(Currency::getCurrencyCode, Currency::getInstance));
        row(57, BitSet.class, DefaultSerializers.BitSetSerializer::new);
        row(58, StringBuilder.class, DefaultSerializers.StringBuilderSerializer::new);
        row(60, Optional.class, OptionalSerializers.OptionalSerializer::new);
        value(61, OptionalInt.class, OptionalSerializers.OptionalIntSerializer::new);
        value(62, OptionalLong.class, OptionalSerializers.OptionalLongSerializer::new);
        value(63, OptionalDouble.class, OptionalSerializers.OptionalDoubleSerializer::new);
        row(64, AtomicInteger.class, DefaultSerializers.AtomicIntegerSerializer::new);
        row(65, AtomicLong.class, DefaultSerializers.AtomicLongSerializer::new);
        value(67, Complex.class, SmallSerializers::complex);
        row(66, AtomicBoolean.class, DefaultSerializers.AtomicBooleanSerializer::new);
    }

    private static void times() {
        value(70, Instant.class, TimeSerializers.InstantSerializer::new);
        value(71, LocalDate.class, TimeSerializers.LocalDateSerializer::new);
        value(72, LocalTime.class, TimeSerializers.LocalTimeSerializer::new);
        value(73, LocalDateTime.class, TimeSerializers.LocalDateTimeSerializer::new);
        value(74, OffsetDateTime.class, TimeSerializers.OffsetDateTimeSerializer::new);
        value(75, ZonedDateTime.class, TimeSerializers.ZonedDateTimeSerializer::new);
        value(76, Duration.class, TimeSerializers.DurationSerializer::new);
        value(77, Period.class, TimeSerializers.PeriodSerializer::new);
        value(78, Year.class, TimeSerializers.YearSerializer::new);
        value(79, YearMonth.class, TimeSerializers.YearMonthSerializer::new);
        value(80, MonthDay.class, TimeSerializers.MonthDaySerializer::new);
        value(81, OffsetTime.class, TimeSerializers.OffsetTimeSerializer::new);
        value(82, ZoneOffset.class, TimeSerializers.ZoneOffsetSerializer::new);
        value(83, zoneOfRegion(), TimeSerializers.ZoneIdSerializer::new);
    }

    /** The class of zones with rules. Not by asking a zone, which has the JVM look through the whole class path for more rules: a tenth of a second. */
    private static Class<?> zoneOfRegion() {
        try {
            return Class.forName("java.time.ZoneRegion", false, null);
        } catch (ClassNotFoundException e) {
            return ZoneId.of("Europe/Berlin").getClass();
        }
    }

    private static void constants() {
        value(84, DayOfWeek.class, () -> new EnumNameSerializer(DayOfWeek.class));
        value(85, Month.class, () -> new EnumNameSerializer(Month.class));
        value(86, TimeUnit.class, () -> new EnumNameSerializer(TimeUnit.class));
        value(87, ChronoUnit.class, () -> new EnumNameSerializer(ChronoUnit.class));
        value(88, RoundingMode.class, () -> new EnumNameSerializer(RoundingMode.class));
        singleton(90, Comparator.<String>naturalOrder());
        singleton(91, Comparator.<String>reverseOrder());
        singleton(92, String.CASE_INSENSITIVE_ORDER);
    }

    private static void singleton(int id, Object instance) {
        value(id, instance.getClass(), () -> SmallSerializers.singleton(instance));
    }

    /** Private classes of the JDK, found by making one of each; another JDK may have others, whose bytes are then the same. */
    @SuppressWarnings("JdkObsolete") // users' objects do hold linked lists
    private static void aliases() {
        List<Integer> one = List.of(1);
        for (List<?> l : List.of(
                List.of(),
                one,
                List.of(1, 2, 3),
                List.of(1, 2, 3).subList(0, 2),
                Collections.emptyList(),
                Collections.singletonList(1),
                Collections.nCopies(2, 1),
                Collections.unmodifiableList(new LinkedList<>()),
                Collections.unmodifiableList(new ArrayList<>()))) {
            alias(l, unmodifiable(List.of()));
        }
        alias(java.util.stream.Stream.of(1).toList(), unmodifiable(List.of()));
        alias(Collections.unmodifiableCollection(one), unmodifiable(List.of()));
        alias(Arrays.asList(1), ArrayList.class);
        alias(new ArrayList<>(one).subList(0, 1), ArrayList.class);
        for (Set<?> s :
                List.of(Set.of(), Set.of(1), Set.of(1, 2, 3), Collections.emptySet(), Collections.singleton(1))) {
            alias(s, unmodifiable(Set.of()));
        }
        alias(new HashMap<>().keySet(), LinkedHashSet.class);
        alias(new LinkedHashMap<>().keySet(), LinkedHashSet.class);
        alias(new HashMap<>().values(), ArrayList.class);
        alias(new LinkedHashMap<>().values(), ArrayList.class);
        alias(Collections.unmodifiableSortedSet(new TreeSet<Integer>()), TreeSet.class);
        alias(Collections.unmodifiableNavigableSet(new TreeSet<Integer>()), TreeSet.class);
        Class<?> map = Collections.unmodifiableMap(Map.of()).getClass();
        for (Map<?, ?> m : List.of(
                Map.of(), Map.of(1, 1), Map.of(1, 1, 2, 2), Collections.emptyMap(), Collections.singletonMap(1, 1))) {
            alias(m, map);
        }
        alias(Collections.unmodifiableSortedMap(new TreeMap<Integer, Integer>()), TreeMap.class);
        alias(Collections.unmodifiableNavigableMap(new TreeMap<Integer, Integer>()), TreeMap.class);
        alias(Map.entry(1, 1), AbstractMap.SimpleImmutableEntry.class);
    }

    private static void alias(Object sample, Class<?> row) {
        if (sample.getClass() != row) {
            ALIASES.put(sample.getClass(), row);
        }
    }

    private static Class<?> unmodifiable(Collection<?> kind) {
        // the wrappers, not List.of and Set.of: they hold nulls, and answer contains(null)
        return kind instanceof List<?> l
                ? Collections.unmodifiableList(l).getClass()
                : Collections.unmodifiableSet((Set<?>) kind).getClass();
    }
}
