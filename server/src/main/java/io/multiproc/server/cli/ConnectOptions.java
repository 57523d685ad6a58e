package io.multiproc.server.cli;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that talks to a running manager. */
final class ConnectOptions {
    @Option(
            names = "--address",
            paramLabel = "URI",
            defaultValue = ManagerOptions.DEFAULT_ADDRESS,
            description = "Where the manager is. Default: ${DEFAULT-VALUE}")
    private String address = ManagerOptions.DEFAULT_ADDRESS;

    @Option(
            names = "--authkey-file",
            paramLabel = "FILE",
            description = "File with the authkey. Default: MULTIPROC_AUTHKEY_FILE, MULTIPROC_AUTHKEY, the user's key.")
    private @Nullable Path authkeyFile;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long connecting may take. Default: ${DEFAULT-VALUE}")
    private int seconds = 10;

    ManagerOptions options() {
        ManagerOptions o = ManagerOptions.defaults()
                .withAddress(address)
                .withName("multiproc command " + ProcessHandle.current().pid())
                .withConnectTimeout(Duration.ofSeconds(Math.max(1, seconds)));
        return authkeyFile == null ? o : o.withAuthkeyFile(authkeyFile);
    }

    Manager connect() {
        return Manager.connect(options());
    }
}
