package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.KryoException;
import io.multiproc.client.SerializationException;
import io.multiproc.client.SharedClasses;
import io.multiproc.client.internal.value.Packages;
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
final class ClassTable implements SharedClasses {
    private static final int MAX_NAME = 512;

    private final SortedMap<Integer, Class<?>> ids;
    private final SortedMap<String, Class<?>> named = new TreeMap<>();
    private final Set<String> packages;
    private final ClassLoader loader;

    ClassTable(
            SortedMap<Integer, Class<?>> ids,
            Collection<Class<?>> named,
            Collection<String> packages,
            ClassLoader loader) {
        this.ids = new TreeMap<>(ids);
        named.forEach(type -> this.named.put(Layout.storedName(type), type));
        this.packages = new TreeSet<>(packages);
        this.loader = loader;
    }

    SortedMap<Integer, Class<?>> ids() {
        return ids;
    }

    Set<String> packages() {
        return packages;
    }

    /** The stored names of the classes that are written by them. */
    Set<String> named() {
        return named.keySet();
    }

    /** Whether a class may be written by name. */
    boolean allows(Class<?> type) {
        return named.containsValue(type) || allows(type.getName()) && !Layout.isJdk(type);
    }

    /** Refuses a class with a stored name by which no reader would find it. */
    void checkStoredName(Class<?> type) {
        String name = Layout.storedName(type);
        if (!name.equals(type.getName()) && named.get(name) != type) {
            throw new KryoException("class " + type.getName() + " is stored as " + name
                    + ", by which readers find it only if they know: call ManagerOptions.allowClass("
                    + simple(type.getName())
                    + ".class)");
        }
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
    }

    private boolean allows(String name) {
        return Packages.have(packages, name);
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
        Class<?> declared = element ? null : named.get(name);
        if (declared != null) {
            return declared;
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

    @Override
    public String nameOf(Class<?> type) {
        if (!ids.containsValue(type) && !allows(type) && StandardClasses.named(type.getName()) != type) {
            throw SerializationException.writing(unregistered(type.getName()), null);
        }
        return Layout.storedName(type);
    }

    @Override
    public Class<?> named(String name) {
        for (Class<?> type : ids.values()) {
            if (Layout.storedName(type).equals(name)) {
                return type;
            }
        }
        Class<?> standard = StandardClasses.named(name);
        if (standard != null) {
            return standard;
        }
        try {
            return load(name, false);
        } catch (KryoException e) {
            throw SerializationException.reading(String.valueOf(e.getMessage()), null);
        }
    }

    /** What to do about a class that is in no table. */
    String unregistered(String name) {
        String text = "class " + name + " is not registered: ";
        if (name.startsWith("java.")
                || name.startsWith("javax.")
                || name.startsWith("jdk.")
                || name.startsWith("sun.")) {
            return text
                    + "it is none of the standard classes that can be sent; hold its contents in fields, or in a class"
                    + " of your own";
        }
        text += "call ManagerOptions.register(" + nextId() + ", " + simple(name)
                + ".class) with the same id in every JVM";
        return text + ", or allowPackage(\"" + Packages.of(name) + "\")";
    }

    private int nextId() {
        return ids.isEmpty() ? StandardClasses.FIRST_USER_ID : ids.lastKey() + 1;
    }

    /** The registered classes as they are announced, by id. */
    List<Registered> registrations() {
        return ids.entrySet().stream()
                .map(e -> {
                    Layout layout = Layout.of(e.getValue());
                    return new Registered(
                            e.getKey(), Layout.storedName(e.getValue()), layout.kind.text, layout.schema());
                })
                .toList();
    }

    /** The registered ids by class. */
    Map<Class<?>, Integer> byClass() {
        Map<Class<?>, Integer> out = new HashMap<>();
        ids.forEach((id, type) -> out.put(type, id));
        return out;
    }
}
