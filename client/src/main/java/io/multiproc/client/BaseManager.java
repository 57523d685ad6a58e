package io.multiproc.client;

import io.multiproc.client.internal.Servers;
import io.multiproc.client.spi.ServerProvider;
import java.util.List;

/**
 * An address and an authkey, not yet used: Python's {@code BaseManager(address=…, authkey=…)}. Either {@link #connect} to the
 * server there, or be the server with {@link #getServer}, or {@link #start} one in a process of its own. Serving needs the
 * server module on the class path.
 */
public final class BaseManager {
    private final ManagerOptions options;

    /** A manager at an address, {@code tcp://host:port} or {@code unix:///path}, with a key. */
    public BaseManager(String address, byte[] authkey) {
        this(ManagerOptions.defaults().withAddress(address).withAuthkey(authkey));
    }

    public BaseManager(ManagerOptions options) {
        this.options = options;
    }

    /** The address as given. */
    public String address() {
        return options.address();
    }

    /** See {@link Manager#connect(ManagerOptions)}. */
    public Manager connect() {
        return Manager.connect(options);
    }

    /** Starts a server process at the address and connects to it; closing the result stops the process. */
    public Manager start() {
        return Manager.start(options);
    }

    /** Starts to listen in this process, as {@code get_server()} does; then {@code serveForever()}, or close it. */
    public ServerProvider.Server getServer() {
        return Servers.provider().start(List.of(options.address()), Manager.authkey(options));
    }
}
