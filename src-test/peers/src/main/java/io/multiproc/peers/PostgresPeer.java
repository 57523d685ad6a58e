package io.multiproc.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** PostgreSQL by its JDBC driver, as it comes: a connection for each thread, each write a transaction of one row. */
final class PostgresPeer implements Client {
    private static final String USER = "postgres";

    private final String url;
    /** Those that no thread uses; a pool, since threads of benchmarks come and go. */
    private final ConcurrentLinkedDeque<Statements> idle = new ConcurrentLinkedDeque<>();

    private record Statements(
            Connection connection, PreparedStatement put, PreparedStatement get, PreparedStatement add) {}

    private interface Work<R> {
        R with(Statements statements) throws SQLException;
    }

    PostgresPeer(String address) throws SQLException {
        url = "jdbc:postgresql://" + address + "/postgres?user=" + USER + "&sslmode=disable";
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement()) {
            s.execute("select pg_advisory_lock(1)"); // two that create it at once would fail
            s.execute("create table if not exists bench (k text primary key, v text)");
            s.execute("create table if not exists counters (k text primary key, n bigint)");
            s.execute("insert into counters values ('n', 0) on conflict do nothing");
        }
    }

    /** Starts a server of the newest version that is installed, as a user that it agrees to run as. */
    static Servers.Server start(Path data, int port) throws IOException, Servers.Missing, InterruptedException {
        Path bin = bin();
        Files.createDirectory(data);
        List<String> as = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            run(List.of("chown", USER, data.toString()));
            as.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups"));
        }
        List<String> init = new ArrayList<>(as);
        init.addAll(List.of(
                bin.resolve("initdb").toString(), "-A", "trust", "-U", USER, "-E", "UTF8", "-D", data.toString()));
        run(init);
        List<String> command = new ArrayList<>(as);
        command.addAll(List.of(
                bin.resolve("postgres").toString(),
                "-D",
                data.toString(),
                "-p",
                Integer.toString(port),
                "-k",
                data.toString(),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "log_destination=stderr"));
        Path ready = data.resolve("postmaster.pid");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        // its last line says whether the server is ready
        while (!Files.exists(ready) || !Files.readString(ready).contains("ready")) {
            if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
                throw new IOException("PostgreSQL ended before it was ready");
            }
        }
        return new Servers.Server("postgres", process, List.of("127.0.0.1:" + port)) {
            @Override
            public void close() throws Exception {
                super.close();
                try (Stream<Path> files = Files.walk(data)) {
                    files.sorted(Collections.reverseOrder())
                            .forEach(f -> f.toFile().delete());
                }
            }
        };
    }

    /** Debian keeps its programs out of the PATH. */
    private static Path bin() throws IOException, Servers.Missing {
        Path versions = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(versions)) {
            try (Stream<Path> all = Files.list(versions)) {
                Path newest = all.max(java.util.Comparator.comparing(v -> Integer.parseInt(
                                "0" + v.getFileName().toString().replaceAll("\\D", ""))))
                        .map(v -> v.resolve("bin"))
                        .orElse(versions);
                if (Files.isExecutable(newest.resolve("initdb"))) {
                    return newest;
                }
            }
        }
        String initdb = Servers.find("initdb");
        if (initdb == null) {
            throw new Servers.Missing("PostgreSQL is not installed");
        }
        return Path.of(initdb).resolveSibling("");
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command.get(0) + " failed: " + out);
        }
    }

    private <R> R run(Work<R> work) throws SQLException {
        Statements s = idle.poll();
        if (s == null) {
            Connection c = DriverManager.getConnection(url);
            s = new Statements(
                    c,
                    c.prepareStatement("insert into bench values (?, ?) on conflict (k) do update set v = excluded.v"),
                    c.prepareStatement("select v from bench where k = ?"),
                    c.prepareStatement("update counters set n = n + 1 where k = 'n' returning n"));
        }
        R result = work.with(s);
        idle.push(s);
        return result;
    }

    @Override
    public void put(String key, String value) throws SQLException {
        int unused = run(s -> {
            s.put.setString(1, key);
            s.put.setString(2, value);
            return s.put.executeUpdate();
        });
    }

    @Override
    public Object get(String key) throws SQLException {
        return run(s -> {
            s.get.setString(1, key);
            try (ResultSet row = s.get.executeQuery()) {
                return row.next() ? row.getString(1) : "null";
            }
        });
    }

    @Override
    public long increment() throws SQLException {
        return run(s -> {
            try (ResultSet row = s.add.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Override
    public void close() throws SQLException {
        for (Statements s = idle.poll(); s != null; s = idle.poll()) {
            s.connection.close();
        }
    }
}
