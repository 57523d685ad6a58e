package io.multiproc.testcontainers;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * A manager in a container, with a random authkey and a published port.
 *
 * <pre>{@code
 * try (MultiprocContainer container = new MultiprocContainer()) {
 *     container.start();
 *     try (Manager manager = container.connect()) {
 *         manager.dict("scores");
 *     }
 * }
 * }</pre>
 *
 * <p>Other containers of the same Docker network reach it at {@code tls://}, a network alias and port {@link #PORT}, with {@link
 * #getAuthkeyText} as their {@code MULTIPROC_AUTHKEY}. For CPython programs, which have no TLS, give it a second listener: {@code
 * withCommand("serve", "--listen", "tls://0.0.0.0:50000", "--listen", "tcp://0.0.0.0:50001")}.
 */
public final class MultiprocContainer extends GenericContainer<MultiprocContainer> {
    /** The image without its tag. */
    public static final String IMAGE = "multiproc/manager";

    /** Where the manager listens inside its network. */
    public static final int PORT = 50000;

    private final String authkey;

    /** A container of {@link #IMAGE}, tagged with this library's version. */
    public MultiprocContainer() {
        this(DockerImageName.parse(IMAGE).withTag(version()));
    }

    /**
     * A container of another image or tag, such as {@code "registry.local/multiproc/manager:1.0"}.
     *
     * @param image the name of the image
     */
    public MultiprocContainer(String image) {
        this(DockerImageName.parse(image));
    }

    /**
     * A container of another image or tag.
     *
     * @param image the name of the image
     */
    public MultiprocContainer(DockerImageName image) {
        super(image);
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        authkey = HexFormat.of().formatHex(random);
        withEnv("MULTIPROC_AUTHKEY", authkey);
        withExposedPorts(PORT);
        waitingFor(Wait.forLogMessage(".*multiproc ready on .*\\n", 1));
    }

    private static String version() {
        @Nullable String version = MultiprocContainer.class.getPackage().getImplementationVersion();
        return version == null ? "latest" : version;
    }

    /** {@return the address of the manager as seen from this host; the container must run} */
    public String getUri() {
        String host = getHost();
        return "tls://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + getMappedPort(PORT);
    }

    /** {@return the manager's key} */
    public byte[] getAuthkey() {
        return authkey.getBytes(StandardCharsets.US_ASCII);
    }

    /** {@return the manager's key as text, for the variable {@code MULTIPROC_AUTHKEY} of other containers} */
    public String getAuthkeyText() {
        return authkey;
    }

    /** {@return the options of a connection from this host} */
    public ManagerOptions options() {
        return ManagerOptions.defaults().withAddress(getUri()).withAuthkey(getAuthkey());
    }

    /**
     * Connects from this host; close the manager when done.
     *
     * @return the connected manager
     */
    public Manager connect() {
        return Manager.connect(options());
    }
}
