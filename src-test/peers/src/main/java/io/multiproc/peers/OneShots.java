package io.multiproc.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What is measured once for each product, on a server of its own: memory per entry and per idle client, and the start. */
final class OneShots {
    private final Results results;
    private final Servers maker;
    private final boolean quick;
    private final Consumer<String> progress;

    OneShots(Results results, Servers maker, boolean quick, Consumer<String> progress) {
        this.results = results;
        this.maker = maker;
        this.quick = quick;
        this.progress = progress;
    }

    void measure(String product, String kind, int address, String client) throws Exception {
        if (address != 0 || client.equals("redisson")) {
            return;
        }
        start(product, kind, client);
        // the memory of a server is the same whichever client there is
        if (kind.equals("redis") && !client.equals("jedis") || client.equals("echo-socket")) {
            return;
        }
        memory(kind.equals("redis") ? "Redis" : product, kind, client);
    }

    /** From the start of the server's process until a client's first operation is done; the client's code is warm. */
    private void start(String product, String kind, String client) throws Exception {
        progress.accept("start to first operation: " + product);
        for (int i = 0; i < (quick ? 1 : 5); i++) {
            long begin = System.nanoTime();
            try (Servers.Server server = maker.start(kind)) {
                double ready = (System.nanoTime() - begin) / 1e6;
                try (WorkerProcess worker = new WorkerProcess(maker.worker(client, server.address(0)))) {
                    first(worker, product, ready);
                }
            }
        }
    }

    private void first(WorkerProcess worker, String product, double ready) throws Exception {
        worker.run("connect", 1, 300);
        Workloads.Result first = worker.run("first", 1, 0);
        if (first != null) {
            results.cell(Jdks.START, "ms", product).add(new Workloads.Result(ready + 1000 / first.rate(), 0, 0));
        }
    }

    /** The start of our one jar on JDK 17, and on JDK 25 with the cache of classes that the image has, too. */
    void startsOfTheJar() throws Exception {
        Jdks.Jar ours = Jdks.jar();
        for (Jdks.Kind kind : Jdks.Kind.values()) {
            try {
                progress.accept(Jdks.START + ": " + kind.product);
                List<String> command = Jdks.command(kind, ours, maker.folder());
                for (int i = 0; i < (quick ? 1 : 5); i++) {
                    long begin = System.nanoTime();
                    try (Servers.Server server = maker.multiproc(command)) {
                        double ready = (System.nanoTime() - begin) / 1e6;
                        try (WorkerProcess worker = new WorkerProcess(maker.worker("multiproc", server.address(0)))) {
                            first(worker, kind.product, ready);
                        }
                    }
                }
            } catch (Servers.Missing e) {
                System.err.println("\nskipped " + kind.product + ": " + e.getMessage());
            }
        }
    }

    /** Programs of CPython against our server and against CPython's own, by turns. */
    void pythonProcesses(String ours) throws Exception {
        progress.accept("1, 4 and 16 Python processes");
        Process script = maker.pythonProcesses(ours, quick ? 0.1 : 0.4, quick ? 1 : 5);
        for (String line : new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList()) {
            String[] words = line.split("\t");
            String row = "Python: " + words[0] + ", " + words[1] + (words[1].equals("1") ? " process" : " processes");
            results.cell(row, "1/s", "multiproc").add(new Workloads.Result(Double.parseDouble(words[2]), 0, 0));
            results.cell(row, "1/s", "CPython").add(new Workloads.Result(Double.parseDouble(words[3]), 0, 0));
        }
        if (script.waitFor() != 0) {
            throw new IOException("the script of Python processes failed");
        }
    }

    /** Three file descriptors each, of often 20,000. */
    private static final int MOST_OF_ONE_PROCESS = 5_000;

    private void memory(String name, String kind, String client) throws Exception {
        try (Servers.Server server = maker.start(kind);
                WorkerProcess worker = new WorkerProcess(maker.worker(client, server.address(0)))) {
            worker.run("fill", 1000, 0);
            int entries = quick ? 100_000 : 1_000_000;
            progress.accept("bytes per entry: " + name);
            long before = server.memory();
            Workloads.Result filled = worker.run("fill", entries, 0);
            if (filled != null) {
                results.cell("server bytes per entry", "bytes", name)
                        .add(new Workloads.Result((server.memory() - before) / (double) (entries - 1000), 0, 0));
            }
        } catch (Exception e) {
            System.err.println("\n" + name + ": " + e.getMessage());
        }
        // Redisson, Hazelcast and CPython need seconds for so many
        for (int clients : quick
                ? new int[] {100}
                : client.equals("jedis") || client.equals("multiproc") ? new int[] {1_000, 10_000} : new int[] {100}) {
            idle(name, kind, client, clients);
        }
    }

    private void idle(String name, String kind, String client, int clients) throws Exception {
        List<WorkerProcess> workers = new ArrayList<>();
        try (Servers.Server server = maker.start(kind)) {
            for (int i = 0; i * MOST_OF_ONE_PROCESS < clients; i++) {
                WorkerProcess worker = new WorkerProcess(maker.worker(client, server.address(0)));
                workers.add(worker);
                worker.run("idle", 20, 0);
            }
            progress.accept("bytes per idle client: " + name);
            long before = server.memory();
            long residentBefore = server.resident();
            int opened = 0;
            for (WorkerProcess worker : workers) {
                int more = Math.min(MOST_OF_ONE_PROCESS, clients - opened);
                if (worker.run("idle", more, 0) == null) {
                    return;
                }
                opened += more;
            }
            long growth = server.memory() - before;
            results.cell("bytes per idle client, " + clients, "bytes", name)
                    .add(new Workloads.Result(growth / (double) clients, 0, 0));
            results.cell("resident bytes per idle client, " + clients, "bytes", name)
                    .add(new Workloads.Result((server.resident() - residentBefore) / (double) clients, 0, 0));
        } catch (Exception e) {
            System.err.println("\n" + name + ": " + e.getMessage());
        } finally {
            for (WorkerProcess worker : workers) {
                worker.close();
            }
        }
    }
}
