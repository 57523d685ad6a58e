package io.multiproc.client.internal.kryo;

import java.util.ServiceLoader;
import java.util.function.Function;

/**
 * A list of this library's classes whose objects travel as a text, to which the reader attaches. Found by {@link ServiceLoader}: those
 * classes stand above this package, which knows none of them.
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

    /** Adds the classes of all lists. */
    static void addAll(Table table) {
        ServiceLoader.load(HandleClasses.class, HandleClasses.class.getClassLoader())
                .forEach(list -> list.addTo(table));
    }
}
