package io.multiproc.testing;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.spi.ServerProvider;
import java.security.SecureRandom;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A manager for the tests of a class, in this process: real sockets, a free port, a random authkey, no Docker.
 *
 * <pre>{@code
 * @RegisterExtension
 * static MultiprocExtension multiproc = new MultiprocExtension();
 *
 * @Test
 * void counts(Manager manager) {
 *     manager.dict("counts").add("a", 1);
 * }
 * }</pre>
 *
 * <p>{@code @ExtendWith(MultiprocExtension.class)} does the same. The server lives as long as the class's tests; each test
 * gets a connection of its own, closed after it, and finds no named objects of earlier tests. A test may end the server:
 * the next one gets another. In an instance field, each test has its own server. The tests of a class must not run in
 * parallel to each other, as they share the names; classes may.
 */
public final class MultiprocExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private final boolean serverPerTest;
    private final UnaryOperator<ManagerOptions> options;

    private byte[] authkey = new byte[0];
    private ServerProvider.@Nullable Server server;
    private @Nullable Manager manager;
    /** Classes whose tests are running: a class and those nested in it. */
    private int classes;

    /** One server for the tests of a class. */
    public MultiprocExtension() {
        this(false, o -> o);
    }

    private MultiprocExtension(boolean serverPerTest, UnaryOperator<ManagerOptions> options) {
        this.serverPerTest = serverPerTest;
        this.options = options;
    }

    /** {@return an extension that starts a new server for each test} */
    public MultiprocExtension withServerPerTest() {
        return new MultiprocExtension(true, options);
    }

    /**
     * Changes how {@link #manager} connects, such as {@code o -> o.register(1000, Job.class)}.
     *
     * @param change makes the options to connect with of the usual ones
     * @return the changed extension
     */
    public MultiprocExtension withOptions(UnaryOperator<ManagerOptions> change) {
        return new MultiprocExtension(serverPerTest, change);
    }

    /** {@return the connection of the running test; closed after it} */
    public synchronized Manager manager() {
        Manager m = manager;
        if (m == null) {
            throw new IllegalStateException("there is a manager only while a test runs");
        }
        return m;
    }

    /** {@return the address of the server, for further connections} */
    public synchronized String uri() {
        ServerProvider.Server s = server;
        if (s == null) {
            throw new IllegalStateException("there is a server only while a test runs");
        }
        return s.uris().get(0);
    }

    /** {@return the server's key} */
    public synchronized byte[] authkey() {
        return authkey.clone();
    }

    /** {@return the options of a further connection to the server} */
    public synchronized ManagerOptions options() {
        return options.apply(ManagerOptions.defaults().withAddress(uri()).withAuthkey(authkey));
    }

    @Override
    public synchronized void beforeAll(ExtensionContext context) {
        classes++;
    }

    @Override
    public synchronized void afterAll(ExtensionContext context) {
        classes--;
        if (classes == 0) {
            stop();
        }
    }

    @Override
    public synchronized void beforeEach(ExtensionContext context) {
        if (server == null) {
            start();
        }
        try {
            manager = Manager.connect(options());
        } catch (ManagerException e) {
            // the test before ended the server, or broke it
            stop();
            start();
            manager = Manager.connect(options());
        }
    }

    @Override
    public synchronized void afterEach(ExtensionContext context) {
        Manager m = manager;
        manager = null;
        if (m != null) {
            m.close();
        }
        if (serverPerTest || classes == 0 || !cleared()) {
            stop();
        }
    }

    /** Deletes all names. Not through the test's connection, which the test may have closed. */
    private boolean cleared() {
        try (Manager cleaner = Manager.connect(options())) {
            for (String name : cleaner.names()) {
                cleaner.delete(name);
            }
            return true;
        } catch (ManagerException e) {
            return false;
        }
    }

    private void start() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        ServerProvider provider = ServiceLoader.load(ServerProvider.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("io.multiproc:multiproc-server is not on the class path"));
        server = provider.start(List.of("tcp://127.0.0.1:0"), key);
        authkey = key;
    }

    private void stop() {
        ServerProvider.Server s = server;
        server = null;
        if (s != null) {
            s.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Manager.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return manager();
    }
}
