package io.multiproc.server.cli;

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
    private final Input<@Nullable String> context;
    private final Input<@Nullable String> address;
    private final Input<@Nullable Path> authkeyFile;
    private final Input<Integer> seconds;

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
                "Where the manager is. Default: the context's, or " + ManagerOptions.DEFAULT_ADDRESS);
        authkeyFile = inputs.option(
                "authkey-file",
                "FILE",
                Kind.PATH,
                "File with the authkey. Default: the context's, MULTIPROC_AUTHKEY_FILE, MULTIPROC_AUTHKEY, the user's key.");
        seconds = inputs.option("timeout", "SECONDS", Kind.INT, 10, "How long connecting may take.");
    }

    ManagerOptions options() throws IOException {
        ManagerOptions o = ManagerOptions.defaults()
                .withName("multiproc command " + ProcessHandle.current().pid())
                .withConnectTimeout(Duration.ofSeconds(Math.max(1, seconds.get())));
        String uri = address.get();
        Path file = authkeyFile.get();
        String named = context.get();
        Contexts contexts = new Contexts();
        Contexts.Context used = named != null ? contexts.get(named) : uri == null ? contexts.current() : null;
        if (used != null) {
            uri = uri == null ? used.address() : uri;
            file = file == null ? used.authkeyFile() : file;
        }
        o = uri == null ? o : o.withAddress(uri);
        return file == null ? o : o.withAuthkeyFile(file);
    }

    Manager connect() throws IOException {
        return Manager.connect(options());
    }
}
