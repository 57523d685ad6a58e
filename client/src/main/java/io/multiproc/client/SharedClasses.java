package io.multiproc.client;

/** The classes whose objects a manager may store, as its options register and allow them, by the names under which they are stored. */
public interface SharedClasses {
    /**
     * {@return the stored name of a class}
     *
     * @param type the class
     * @throws SerializationException if it is not registered or allowed; the text says what to do
     */
    String nameOf(Class<?> type);

    /**
     * {@return the class with a stored name} Loads classes of allowed packages only.
     *
     * @param name the name
     * @throws SerializationException if it is not registered or allowed, or not on the class path
     */
    Class<?> named(String name);
}
