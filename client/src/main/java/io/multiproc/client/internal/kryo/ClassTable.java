package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.KryoException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Table of the user's classes that may be written and read: registered ones by id, those of allowed packages by name. Immutable. */
final class ClassTable {
    private static final int MAX_NAME = 512;

    private final SortedMap<Integer, Class<?>> ids;
    private final Set<String> packages;
    private final ClassLoader loader;

    ClassTable(SortedMap<Integer, Class<?>> ids, Collection<String> packages, ClassLoader loader) {
        this.ids = new TreeMap<>(ids);
        this.packages = new TreeSet<>(packages);
        this.loader = loader;
    }

    SortedMap<Integer, Class<?>> ids() {
        return ids;
    }

    Set<String> packages() {
        return packages;
    }

    /** Whether a class may be written by name. */
    boolean allows(Class<?> type) {
        return allows(type.getName()) && !Layout.isJdk(type);
    }

    private boolean allows(String name) {
        for (int dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
            if (packages.contains(name.substring(0, dot))) {
                return true;
            }
        }
        return false;
    }

    /** The class of a name that a message contains. The name is judged before anything is loaded. */
    Class<?> load(@Nullable String name, boolean element) {
        if (name == null || name.isEmpty() || name.length() > MAX_NAME || name.charAt(0) == '[') {
            throw new KryoException("a class name is malformed");
        }
        Class<?> standard = element ? StandardClasses.element(name) : null;
        if (standard != null) {
            return standard;
        }
        if (!allows(name)) {
            throw new KryoException(unregistered(name));
        }
        try {
            Class<?> found = Class.forName(name, false, loader);
            if (!allows(found)) {
                throw new KryoException(unregistered(name));
            }
            return found;
        } catch (ClassNotFoundException e) {
            // without the cause, whose text is the bare name
            throw new KryoException("class " + name + " is not on this JVM's class path");
        }
    }

    /** What to do about a class that is in no table. */
    String unregistered(String name) {
        int dot = name.lastIndexOf('.');
        String simple = name.substring(dot + 1).replace('$', '.');
        String text = "class " + name + " is not registered: ";
        if (name.startsWith("java.")
                || name.startsWith("javax.")
                || name.startsWith("jdk.")
                || name.startsWith("sun.")) {
            return text
                    + "it is none of the standard classes that can be sent; hold its contents in fields, or in a class"
                    + " of your own";
        }
        text += "call ManagerOptions.register(" + nextId() + ", " + simple + ".class) with the same id in every JVM";
        return dot > 0 ? text + ", or allowPackage(\"" + name.substring(0, dot) + "\")" : text;
    }

    private int nextId() {
        return ids.isEmpty() ? StandardClasses.FIRST_USER_ID : ids.lastKey() + 1;
    }

    /** The registered classes with their schema hashes, by id. */
    List<Registered> registrations() {
        return ids.entrySet().stream()
                .map(e -> new Registered(
                        e.getKey(),
                        e.getValue().getName(),
                        Layout.of(e.getValue()).hashHex()))
                .toList();
    }

    /** The registered ids by class. */
    Map<Class<?>, Integer> byClass() {
        Map<Class<?>, Integer> out = new HashMap<>();
        ids.forEach((id, type) -> out.put(type, id));
        return out;
    }
}
