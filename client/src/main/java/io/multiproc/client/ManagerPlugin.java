package io.multiproc.client;

/**
 * Classes for a standalone server: {@code serve --plugins DIR} finds implementations by {@link java.util.ServiceLoader} in the
 * jars of the folder, each jar with a class loader of its own, and asks each once, before the server says that it is ready. An
 * implementation has a public constructor without arguments.
 */
public interface ManagerPlugin {
    /**
     * Registers classes. What it throws ends the server's start, with the name of the jar.
     *
     * @param registrar takes the classes
     * @throws Exception whatever it throws
     */
    void register(Registrar registrar) throws Exception;

    /** The server, as a plugin sees it. */
    @FunctionalInterface
    interface Registrar {
        /**
         * Registers a class under a name; see {@link Manager#register(String, Registration)}.
         *
         * @param name the name
         * @param registration the description of the class
         */
        void register(String name, Registration registration);
    }
}
