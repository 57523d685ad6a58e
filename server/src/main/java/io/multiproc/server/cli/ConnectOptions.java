package io.multiproc.server.cli;

import io.multiproc.client.Authkeys;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.server.cli.Input.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The options of every command that talks to a running manager. A context that is named, or is in use while no address is given, brings address and
 * key together; an option comes before either.
 */
final class ConnectOptions {
    /** The variable that stands for {@code --address}: images and pods say there where their own manager is. */
    static final String ADDRESS_VARIABLE = "MULTIPROC_ADDRESS";

    private final Input<@Nullable String> context;
    private final Input<@Nullable String> address;
    private final Input<@Nullable Path> authkeyFile;
    private final TlsInputs tls;
    private final Input<Double> seconds;
    private @Nullable Path keyFile;

    /** Longer, in seconds, is as good as for ever. */
    private static final double LONGEST = 1e6;

    private static final Kind<Double> TIMEOUT = new Kind<>("a number of seconds from 0.1 on", text -> {
        double seconds = Kind.DECIMAL.reader().apply(text);
        if (seconds < 0.1) {
            throw new IllegalArgumentException(text);
        }
        return seconds;
    });

    ConnectOptions(Inputs inputs) {
        context = inputs.option(
                'c',
                "context",
                "NAME",
                "Address and key of a context, see 'multiproc help context'. Default: the one in use.");
        address = inputs.option(
                "address",
                "URI",
                Kind.TEXT,
                "Where the manager is: tls://host:port, tcp://host:port or unix:///path; several with commas between them are"
                        + " tried in turn. Default: " + ADDRESS_VARIABLE
                        + ", the context's, or " + ManagerOptions.DEFAULT_ADDRESS);
        authkeyFile = inputs.option(
                "authkey-file",
                "FILE",
                Kind.PATH,
                "File with the authkey. Default: the context's, MULTIPROC_AUTHKEY_FILE, MULTIPROC_AUTHKEY, the user's"
                        + " key.");
        tls = new TlsInputs(inputs, "the context's, MULTIPROC_TLS_CA, or the authkey alone.");
        seconds = inputs.option("timeout", "SECONDS", TIMEOUT, 10.0, "How long connecting may take; 0.1 or more.");
    }

    ManagerOptions options() throws IOException {
        ManagerOptions o = ManagerOptions.defaults()
                .withName("multiproc command " + ProcessHandle.current().pid())
                .withConnectTimeout(Duration.ofMillis(Math.round(Math.min(seconds.get(), LONGEST) * 1000)));
        String uri = address.get();
        Path file = authkeyFile.get();
        String named = context.get();
        if (uri == null && named == null) {
            uri = System.getenv(ADDRESS_VARIABLE);
        }
        Contexts contexts = new Contexts();
        Contexts.Context used = named != null ? contexts.get(named) : uri == null ? contexts.current() : null;
        if (used != null) {
            uri = uri == null ? used.address() : uri;
            file = file == null ? used.authkeyFile() : file;
        }
        o = uri == null ? o : o.withAddress(uri);
        TlsInputs.Files files = tls.get();
        o = (files.ca() == null && used != null ? used.tls() : files).in(o);
        keyFile = file;
        // here, where a key that is missing is a failure; for Manager it is an argument that does not fit
        Authkeys.Authkey unused = new Authkeys().require(null, file);
        return file == null ? o : o.withAuthkeyFile(file);
    }

    /** The key. */
    byte[] key() throws IOException {
        ManagerOptions unused = options();
        return new Authkeys().require(null, keyFile).bytes();
    }

    Manager connect() throws IOException {
        return Manager.connect(options());
    }
}
