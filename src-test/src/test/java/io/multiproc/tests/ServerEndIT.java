package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ConnectionListener;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.ChildJvm;
import io.multiproc.tests.fixtures.Script;
import io.multiproc.tests.fixtures.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client logs when the server ends: a warning, unless it asked for that itself. */
@Tag("jdk")
@Timeout(60)
class ServerEndIT {
    private static final String WARNING = "the session with";

    /** Ends servers in a JVM of its own, whose log nobody else writes to, and answers with the warnings in it. */
    static final class Ender implements Script {
        @Override
        public Object run(Manager unused, String... words) throws Exception {
            ByteArrayOutputStream log = new ByteArrayOutputStream();
            PrintStream before = System.err;
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            try {
                for (int i = 0; i < 5; i++) {
                    try (TestServer server = TestServer.start();
                            Manager manager = server.connect()) {
                        if (words[0].equals("ask")) {
                            manager.shutdownServer();
                        } else {
                            server.stop();
                        }
                        // the goodbye has been read, and logged if it ever will be
                        Await.until("the session has ended", () -> !manager.isOpen());
                    }
                }
            } finally {
                System.setErr(before);
            }
            return log.toString(StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.contains(" WARN "))
                    .toList();
        }
    }

    @Test
    void aClientThatMakesNoCallsNoticesSoon() {
        BlockingQueue<ManagerException> ends = new LinkedBlockingQueue<>();
        try (TestServer server = TestServer.start();
                Manager manager = server.connect(server.options()
                        .withLease(Duration.ofHours(1))
                        .withConnectionListener(new ConnectionListener() {
                            @Override
                            public void ended(Manager m, ManagerException reason) {
                                ends.add(reason);
                            }
                        }))) {
            server.stop();
            // long before its next heartbeat, a third of the lease after the last
            Await.until("the end is noticed", () -> !ends.isEmpty());
            assertEquals("ended", manager.connectionState());
        }
    }

    @Test
    void onlyWhoDidNotAskForTheEndIsWarned() {
        try (TestServer server = TestServer.start();
                ChildJvm child = server.child(Ender.class).ready()) {
            assertEquals("[]", child.ask("ask"));
            String log = child.ask("suffer");
            assertTrue(log.contains(WARNING), log);
            child.finish();
        }
    }
}
