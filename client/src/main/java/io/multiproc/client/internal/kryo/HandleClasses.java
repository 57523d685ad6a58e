package io.multiproc.client.internal.kryo;

import java.util.function.Function;

/**
 * A list of this library's classes whose objects travel as a text, to which the reader attaches. Those classes stand above this package, which
 * knows none of them, and finds the list by its name: a {@link java.util.ServiceLoader} would open all jars of the class path, which is a good
 * part of a child's start.
 */
public interface HandleClasses {
    /** Adds the classes to a table. */
    void addTo(Table table);

    /** Takes classes under ids from 100 to 999, which never change. */
    interface Table {
        /**
         * Adds a class.
         *
         * @param value whether identity means nothing for its objects
         * @param text what travels
         * @param attach makes an object of a text that anybody may have sent
         */
        <T> void add(int id, Class<T> type, boolean value, Function<T, String> text, Function<String, T> attach);
    }

    /** The list of this library. */
    static HandleClasses standard() {
        String name = "io.multiproc.client.internal.handle.StandardHandles";
        try {
            return Class.forName(name, true, HandleClasses.class.getClassLoader())
                    .asSubclass(HandleClasses.class)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the client's jar is incomplete: " + name + " is missing", e);
        }
    }
}
