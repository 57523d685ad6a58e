package io.multiproc.server;

import io.multiproc.client.spi.ServerProvider;
import io.multiproc.protocol.auth.Authkey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The server as the client module asks for it: in this process, or as a child. */
public final class EmbeddedServers implements ServerProvider {
    @Override
    public Server start(List<String> listen, byte[] authkey) {
        ManagerServer server;
        try {
            server = ManagerServer.start(ServerOptions.of(Authkey.of(authkey))
                    .withListen(listen.toArray(new String[0]))
                    // the program's log is the program's
                    .withQuiet(true));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a manager", e);
        }
        return new Server() {
            @Override
            public List<String> uris() {
                return server.uris();
            }

            @Override
            public void serveForever() throws InterruptedException {
                server.awaitTermination();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }

    @Override
    public String mainClass() {
        return Main.class.getName();
    }

    @Override
    public List<String> childArguments(List<String> listen) {
        List<String> arguments = new ArrayList<>(List.of("serve", "--parent-pipe", "--log-level", "WARN"));
        for (String uri : listen) {
            arguments.add("--listen");
            arguments.add(uri);
        }
        return arguments;
    }
}
