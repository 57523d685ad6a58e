package io.multiproc.server.cli;

import io.multiproc.client.Manager;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.event.Level;

/** The README's first program: a manager and two client JVMs on real sockets. */
final class Demo extends Subcommand {
    Demo() {
        super(
                "demo",
                "Starts a manager and two client JVMs that share a dict, a queue and a lock, shows what they do, and ends.");
    }

    @Override
    int run(PrintStream out) throws IOException, InterruptedException {
        Logs.configure(Level.WARN);
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        try (Manager manager = Manager.start(io.multiproc.client.ManagerOptions.defaults()
                .withAddress("tcp://127.0.0.1:0")
                .withAuthkey(key))) {
            out.println("manager  ready on " + manager.address() + " in a JVM of its own (pid "
                    + manager.info().pid() + ")");
            out.flush();
            List<Process> clients = new ArrayList<>();
            List<Thread> readers = new ArrayList<>();
            try {
                for (String name : List.of("ada", "bob")) {
                    Process client = client(name, manager.address(), key);
                    clients.add(client);
                    readers.add(relay(client, out));
                }
                int failed = 0;
                for (int i = 0; i < clients.size(); i++) {
                    if (!clients.get(i).waitFor(60, TimeUnit.SECONDS)) {
                        throw Multiproc.failed("a client of the demo did not end within 60 s");
                    }
                    readers.get(i).join();
                    failed += clients.get(i).exitValue() == 0 ? 0 : 1;
                }
                if (failed > 0) {
                    throw Multiproc.failed(failed + " of the demo's clients failed, see above");
                }
            } finally {
                clients.forEach(Process::destroyForcibly);
            }
            out.println("manager  dict 'scores' is " + manager.describe("scores") + ", seen after both clients ended");
        }
        out.println("manager  stopped");
        out.flush();
        return 0;
    }

    private static Process client(String name, String address, byte[] key) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DemoClient.class.getName(),
                        name,
                        address)
                .redirectErrorStream(true)
                .start();
        // by standard input, so that no listing of processes shows it
        try (OutputStream in = process.getOutputStream()) {
            in.write((HexFormat.of().formatHex(key) + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        return process;
    }

    private static Thread relay(Process process, PrintStream out) {
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader lines = new BufferedReader(
                            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                        String line;
                        while ((line = lines.readLine()) != null) {
                            out.println(line);
                            out.flush();
                        }
                    } catch (IOException e) {
                        out.println("(output lost: " + e.getMessage() + ")");
                    }
                },
                "demo-output");
        reader.start();
        return reader;
    }
}
