package io.multiproc.server.cli;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.ProtocolException;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.cli.Input.Kind;
import io.multiproc.server.net.ListenAddress;
import io.multiproc.server.net.ProxyServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import org.slf4j.event.Level;

/** Carries connections of this machine's programs to a server that encrypts. */
final class Proxy extends Subcommand {
    Proxy() {
        super(
                "proxy",
                "Carries connections of programs on this machine to a tls:// manager: for CPython, which has no TLS.",
                "Programs connect to the address of --listen as to the manager itself, with the same authkey.");
    }

    private static final int DEFAULT_PORT = 50000;

    private final Input<String> listen = inputs.option(
            "listen",
            "URI",
            Kind.TEXT,
            "tcp://127.0.0.1:50000",
            "Where programs connect: unix:///path or tcp://127.0.0.1:port (0 = any port).");

    private final ConnectOptions connect = new ConnectOptions(inputs);

    @Override
    int run(PrintStream out) throws InterruptedException, IOException {
        Logs.configure(Level.INFO);
        ManagerOptions options = connect.options();
        if (options.addresses().size() > 1) {
            throw new UsageException("a proxy is for one address, not " + options.address());
        }
        URI server = URI.create(options.addresses().get(0));
        if (!"tls".equals(server.getScheme())) {
            throw new UsageException(
                    "a proxy is for a manager that encrypts: --address tls://host:port, not " + options.address());
        }
        TlsInputs.Files files = TlsInputs.Files.of(options).orVariables(System.getenv());
        String host = server.getHost().replaceAll("[\\[\\]]", "");
        ListenAddress where = ListenAddress.parse(listen.get());
        try (ProxyServer proxy = ProxyServer.start(new ProxyServer.Options(
                where,
                host,
                server.getPort() < 0 ? DEFAULT_PORT : server.getPort(),
                Authkey.of(connect.key()),
                files.ca(),
                files.certificate(),
                files.key()))) {
            check(options);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(proxy), "multiproc-shutdown"));
            out.println("multiproc proxy ready on " + proxy.uri());
            out.flush();
            proxy.awaitTermination();
        }
        return 0;
    }

    /** Keys and certificates that do not fit are told at once; a manager that is not there yet may come. */
    private static void check(ManagerOptions options) {
        try (Manager manager = Manager.connect(options)) {
            boolean unused = manager.isOpen();
        } catch (AuthenticationException | ProtocolException e) {
            throw e;
        } catch (ManagerException e) {
            System.err.println("multiproc: warning: " + Shown.escaped(Multiproc.text(e)));
        }
    }

    private static void end(ProxyServer proxy) {
        proxy.close();
        Runtime.getRuntime().halt(0);
    }
}
