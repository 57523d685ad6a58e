package io.multiproc.server.cli;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.server.cli.Input.Kind;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The options of every command that talks to a running manager. */
final class ConnectOptions {
    private final Input<String> address;
    private final Input<@Nullable Path> authkeyFile;
    private final Input<Integer> seconds;

    ConnectOptions(Inputs inputs) {
        address = inputs.option("address", "URI", Kind.TEXT, ManagerOptions.DEFAULT_ADDRESS, "Where the manager is.");
        authkeyFile = inputs.option(
                "authkey-file",
                "FILE",
                Kind.PATH,
                "File with the authkey. Default: MULTIPROC_AUTHKEY_FILE, MULTIPROC_AUTHKEY, the user's key.");
        seconds = inputs.option("timeout", "SECONDS", Kind.INT, 10, "How long connecting may take.");
    }

    ManagerOptions options() {
        ManagerOptions o = ManagerOptions.defaults()
                .withAddress(address.get())
                .withName("multiproc command " + ProcessHandle.current().pid())
                .withConnectTimeout(Duration.ofSeconds(Math.max(1, seconds.get())));
        Path file = authkeyFile.get();
        return file == null ? o : o.withAuthkeyFile(file);
    }

    Manager connect() {
        return Manager.connect(options());
    }
}
