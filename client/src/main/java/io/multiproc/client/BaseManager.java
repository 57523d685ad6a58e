package io.multiproc.client;

import io.multiproc.client.internal.Servers;
import io.multiproc.client.spi.ServerProvider;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An address and an authkey, not yet used: Python's {@code BaseManager(address=…, authkey=…)}. Either {@link #connect} to the
 * server there, or be the server with {@link #getServer}, or {@link #start} one in a process of its own. Serving needs the
 * server module on the class path.
 */
public final class BaseManager {
    private final Map<String, Registration> registrations = new LinkedHashMap<>();
    private final ManagerOptions options;

    /**
     * A manager at an address, {@code tls://host:port}, {@code tcp://host:port} or {@code unix:///path}, with a key.
     *
     * @param address the address
     * @param authkey the key
     */
    public BaseManager(String address, byte[] authkey) {
        this(ManagerOptions.defaults().withAddress(address).withAuthkey(authkey));
    }

    /**
     * A manager at the address, and with the key and classes, of options.
     *
     * @param options the options
     */
    public BaseManager(ManagerOptions options) {
        this.options = options;
    }

    /**
     * Registers a class, as {@link Manager#register(String, Class, Class)}, for the manager that {@link #start} or {@link
     * #getServer} then runs: its instances live in this process.
     *
     * @param name the name of the class
     * @param api an interface or class whose methods may be called
     * @param type the class that is instantiated
     * @return this
     */
    public BaseManager register(String name, Class<?> api, Class<?> type) {
        return register(name, Registration.of(api, type));
    }

    /**
     * As {@link #register(String, Class, Class)}, with all public methods of the class.
     *
     * @param name the name of the class
     * @param type the class that is instantiated
     * @return this
     */
    public BaseManager register(String name, Class<?> type) {
        return register(name, Registration.of(type, type));
    }

    /**
     * As {@link #register(String, Class, Class)}, with more to say about it.
     *
     * @param name the name of the class
     * @param registration the description of the class
     * @return this
     */
    public BaseManager register(String name, Registration registration) {
        if (registrations.putIfAbsent(name, registration) != null) {
            throw new IllegalStateException("'" + name + "' is registered already");
        }
        return this;
    }

    /** {@return the address as given} */
    public String address() {
        return options.address();
    }

    /**
     * See {@link Manager#connect(ManagerOptions)}.
     *
     * @return the connected manager
     */
    public Manager connect() {
        return Manager.connect(options);
    }

    /**
     * Starts a server process at the address and connects to it; closing the result stops the process.
     *
     * @return the connected manager
     */
    public Manager start() {
        Manager manager = Manager.start(options);
        try {
            registrations.forEach(manager::register);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
        return manager;
    }

    /**
     * Starts to listen in this process, as {@code get_server()} does; then {@code serveForever()}, or close it.
     *
     * @return the running server
     */
    public ServerProvider.Server getServer() {
        byte[] key = Manager.authkey(options);
        ServerProvider.Server server = Servers.provider().start(List.of(options.address()), key);
        if (registrations.isEmpty()) {
            return server;
        }
        try {
            Manager host =
                    Manager.connect(options.withAddress(server.uris().get(0)).withAuthkey(key));
            registrations.forEach(host::register);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }
}
