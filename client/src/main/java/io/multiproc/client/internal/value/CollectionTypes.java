package io.multiproc.client.internal.value;

import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.Stack;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Vector;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Table of the collection types that a program may ask for. Lists, sets and maps of all classes travel alike, so the class is made again from the type that
 * the reader names; a type that cannot be made is refused before anything is stored under it.
 */
public final class CollectionTypes {
    private static final Map<Class<?>, Function<Collection<?>, Collection<?>>> LISTS = new HashMap<>();
    private static final Map<Class<?>, Function<Collection<?>, Collection<?>>> SETS = new HashMap<>();
    private static final Map<Class<?>, Function<Map<?, ?>, Map<?, ?>>> MAPS = new HashMap<>();

    static {
        lists();
        sets();
        maps();
    }

    private CollectionTypes() {}

    @SuppressWarnings("JdkObsolete") // programs do ask for them
    private static void lists() {
        LISTS.put(ArrayList.class, ArrayList::new);
        LISTS.put(LinkedList.class, LinkedList::new);
        LISTS.put(Queue.class, LinkedList::new);
        LISTS.put(Deque.class, LinkedList::new);
        LISTS.put(ArrayDeque.class, ArrayDeque::new);
        LISTS.put(Vector.class, Vector::new);
        LISTS.put(Stack.class, c -> {
            Stack<Object> stack = new Stack<>();
            stack.addAll(c);
            return stack;
        });
        LISTS.put(CopyOnWriteArrayList.class, CopyOnWriteArrayList::new);
    }

    private static void sets() {
        SETS.put(HashSet.class, LinkedHashSet::new);
        SETS.put(LinkedHashSet.class, LinkedHashSet::new);
        for (Class<?> type : List.of(TreeSet.class, SortedSet.class, NavigableSet.class)) {
            SETS.put(type, TreeSet::new);
        }
        SETS.put(ConcurrentSkipListSet.class, ConcurrentSkipListSet::new);
        SETS.put(CopyOnWriteArraySet.class, CopyOnWriteArraySet::new);
    }

    @SuppressWarnings("JdkObsolete") // programs do ask for them
    private static void maps() {
        MAPS.put(HashMap.class, LinkedHashMap::new);
        MAPS.put(LinkedHashMap.class, LinkedHashMap::new);
        for (Class<?> type : List.of(TreeMap.class, SortedMap.class, NavigableMap.class)) {
            MAPS.put(type, TreeMap::new);
        }
        for (Class<?> type : List.of(ConcurrentHashMap.class, ConcurrentMap.class)) {
            MAPS.put(type, ConcurrentHashMap::new);
        }
        for (Class<?> type : List.of(ConcurrentSkipListMap.class, ConcurrentNavigableMap.class)) {
            MAPS.put(type, ConcurrentSkipListMap::new);
        }
        MAPS.put(Hashtable.class, Hashtable::new);
        MAPS.put(WeakHashMap.class, WeakHashMap::new);
    }

    /**
     * A list, set or map as a collection of another class, or null if it is none or {@code wanted} is no class of its kind.
     *
     * @throws ClassCastException if an element is refused by it
     */
    static @Nullable Object make(Object value, Class<?> wanted) {
        if (value instanceof Referable || value instanceof Tuple) {
            return null;
        }
        try {
            if (value instanceof Map<?, ?> m) {
                Function<Map<?, ?>, Map<?, ?>> maker = MAPS.get(wanted);
                return maker != null ? maker.apply(m) : Map.class.isAssignableFrom(wanted) ? ownMap(m, wanted) : null;
            }
            if (value instanceof Collection<?> c && (c instanceof List || c instanceof Set)) {
                Function<Collection<?>, Collection<?>> maker = (c instanceof List ? LISTS : SETS).get(wanted);
                Class<?> kind = c instanceof List ? List.class : Set.class;
                return maker != null ? maker.apply(c) : kind.isAssignableFrom(wanted) ? own(c, wanted) : null;
            }
            return null;
        } catch (NullPointerException | IllegalArgumentException | UnsupportedOperationException e) {
            throw (ClassCastException) new ClassCastException("a " + wanted.getName() + " cannot hold what is stored ("
                            + e + "): read it as " + value.getClass().getName())
                    .initCause(e);
        }
    }

    @SuppressWarnings("unchecked") // of a class that a program names for its own values
    private static @Nullable Object own(Collection<?> from, Class<?> wanted) {
        Collection<Object> made = (Collection<Object>) instance(wanted);
        if (made != null) {
            made.addAll(from);
        }
        return made;
    }

    @SuppressWarnings("unchecked") // of a class that a program names for its own values
    private static @Nullable Object ownMap(Map<?, ?> from, Class<?> wanted) {
        Map<Object, Object> made = (Map<Object, Object>) instance(wanted);
        if (made != null) {
            made.putAll(from);
        }
        return made;
    }

    private static @Nullable Object instance(Class<?> type) {
        Constructor<?> constructor = constructor(type);
        try {
            return constructor == null ? null : constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Of a program's own collection class that keeps nothing but its elements. */
    private static @Nullable Constructor<?> constructor(Class<?> type) {
        if (isJdk(type) || type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
            return null;
        }
        for (Class<?> c = type; !isJdk(c); c = c.getSuperclass()) {
            for (Field f : c.getDeclaredFields()) {
                if (!f.isSynthetic() && (f.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
                    return null;
                }
            }
        }
        try {
            Constructor<?> found = type.getDeclaredConstructor();
            found.setAccessible(true);
            return found;
        } catch (NoSuchMethodException | InaccessibleObjectException e) {
            return null;
        }
    }

    private static boolean isJdk(Class<?> type) {
        return type.getClassLoader() == null || type.getClassLoader() == ClassLoader.getPlatformClassLoader();
    }

    /**
     * The type of elements, if they can be read back as that type.
     *
     * @throws IllegalArgumentException if it is a type of lists, sets or maps that is not made when they are read; the text says what to use
     */
    public static <T> Class<T> check(Class<T> type) {
        boolean map = Map.class.isAssignableFrom(type);
        boolean set = Set.class.isAssignableFrom(type);
        boolean list = List.class.isAssignableFrom(type);
        if (!(map || set || list)
                || Referable.class.isAssignableFrom(type)
                || type == Tuple.class
                || type.isAssignableFrom(map ? LinkedHashMap.class : set ? LinkedHashSet.class : ArrayList.class)
                || MAPS.containsKey(type)
                || SETS.containsKey(type)
                || LISTS.containsKey(type)
                || constructor(type) != null) {
            return type;
        }
        String kind = map ? "Map" : set ? "Set" : "List";
        throw new IllegalArgumentException("values cannot be read back as " + type.getName() + ": " + kind
                + "s of all classes are stored alike, and this one cannot be made from its elements alone; use " + kind
                + ".class and copy what is read");
    }

    /** Whether collections of a type are sorted, so that another order than the natural one would be lost. */
    public static boolean isSorted(Class<?> type) {
        return SortedMap.class.isAssignableFrom(type) || SortedSet.class.isAssignableFrom(type);
    }

    /**
     * Looks for sorted collections among arguments, which are to be read back as such.
     *
     * @throws SerializationException if one has a comparator, which is not stored
     */
    public static void checkOrder(@Nullable Object... arguments) {
        for (Object argument : arguments) {
            checkOrder(argument, true);
        }
    }

    private static void checkOrder(@Nullable Object value, boolean within) {
        Comparator<?> order = value instanceof SortedMap<?, ?> m
                ? m.comparator()
                : value instanceof SortedSet<?> s ? s.comparator() : null;
        if (order != null && order != Comparator.naturalOrder()) {
            throw SerializationException.writing(
                    "a " + java.util.Objects.requireNonNull(value).getClass().getName()
                            + " with a comparator of its own would come back in the natural order: the comparator is not stored;"
                            + " use the natural order, or Map.class or Set.class as the type of the values",
                    null);
        }
        if (!within || value instanceof Referable) {
            return;
        }
        if (value instanceof Map<?, ?> m) {
            m.values().forEach(v -> checkOrder(v, false));
        } else if (value instanceof Collection<?> c) {
            c.forEach(v -> checkOrder(v, false));
        }
    }
}
