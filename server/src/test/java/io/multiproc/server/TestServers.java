package io.multiproc.server;

import io.multiproc.server.machine.StateMachine;
import java.io.IOException;

/** Servers on a state of the test's choice. */
public final class TestServers {
    private TestServers() {}

    public static ManagerServer start(ServerOptions options, StateMachine machine) throws IOException {
        return ManagerServer.start(options, machine);
    }
}
