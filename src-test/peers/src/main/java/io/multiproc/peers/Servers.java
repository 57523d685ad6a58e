package io.multiproc.peers;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts the products' servers, each in a process of its own that ends with this one. */
final class Servers {
    private final Path folder;
    private final Path keyFile;

    Servers(Path folder) throws IOException {
        this.folder = folder;
        keyFile = folder.resolve("authkey");
        Files.writeString(keyFile, "a key for this benchmark");
        keyFile.toFile().setReadable(false, false);
        keyFile.toFile().setReadable(true, true);
    }

    /** What is done with servers. */
    interface Use {
        void with(Servers maker) throws Exception;
    }

    /** Makes servers whose files are in a folder that is removed in the end. */
    static void inFolder(Use use) throws Exception {
        Path folder = Files.createTempDirectory("peers");
        try {
            use.with(new Servers(folder));
        } finally {
            try (var files = Files.walk(folder)) {
                files.sorted(Collections.reverseOrder()).forEach(f -> f.toFile().delete());
            }
        }
    }

    /** The product is not on this machine. */
    static final class Missing extends Exception {
        private static final long serialVersionUID = 1L;

        Missing(String what) {
            super(what);
        }
    }

    /** A running server. */
    static class Server implements AutoCloseable {
        private final String kind;
        private final Process process;
        private final List<String> addresses;

        Server(String kind, Process process, List<String> addresses) {
            this.kind = kind;
            this.process = process;
            this.addresses = addresses;
        }

        /** Where it listens, in the order of its start. */
        String address(int i) {
            return addresses.get(i);
        }

        /** Bytes that it needs for its data: what Redis counts, the live heap of a JVM, the resident memory of CPython. */
        long memory() throws Exception {
            if (kind.equals("redis")) {
                return redisMemory(addresses.get(addresses.size() - 1));
            }
            return kind.equals("cpython") ? resident() : liveHeap();
        }

        /** Resident bytes of the process, whatever they are used for. */
        long resident() throws IOException {
            for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
                if (line.startsWith("VmRSS")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
            throw new IOException("no VmRSS");
        }

        /** The total of a class histogram, for which the JVM collects its garbage first. */
        private long liveHeap() throws Exception {
            Process jcmd = new ProcessBuilder(
                            javaTool("jcmd"), Long.toString(process.pid()), "GC.class_histogram", "-parallel=1")
                    .redirectErrorStream(true)
                    .start();
            long total = -1;
            try (BufferedReader in = reader(jcmd.getInputStream())) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    if (line.startsWith("Total")) {
                        total = Long.parseLong(line.trim().split("\\s+")[2]);
                    }
                }
            }
            if (total < 0) {
                throw new IOException("jcmd gave no histogram");
            }
            return total;
        }

        @Override
        public void close() throws Exception {
            process.getOutputStream().close();
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    /** Starts a server of this kind and returns when it is ready. */
    Server start(String kind) throws Exception {
        switch (kind) {
            case "multiproc-tls": {
                return multiproc(java("io.multiproc.server.Main"), "tls://127.0.0.1:0");
            }
            case "multiproc-log": {
                List<String> command = new ArrayList<>(java("io.multiproc.server.Main"));
                command.addAll(multiprocArguments("tcp://127.0.0.1:0"));
                command.addAll(List.of("--data", folder.resolve("data").toString()));
                return multiproc(command, 1);
            }
            case "multiproc": {
                return multiproc(java("io.multiproc.server.Main"));
            }
            case "echo": {
                Process process = spawn(java(EchoServer.class.getName()));
                String line = readyLine(reader(process.getInputStream()));
                return new Server(kind, process, List.of(line.substring(line.lastIndexOf(' ') + 1)));
            }
            case "hazelcast": {
                int port = freePort();
                List<String> command = new ArrayList<>(java(HazelcastPeer.class.getName()));
                command.add(Integer.toString(port));
                Process process = spawn(command);
                readyLine(reader(process.getInputStream()));
                return new Server(kind, process, List.of("127.0.0.1:" + port));
            }
            case "redis": {
                int port = freePort();
                return redis(List.of("--port", "" + port, "--appendonly", "no"), List.of("127.0.0.1:" + port));
            }
            case "redis-log": {
                int port = freePort();
                Path data = Files.createDirectory(folder.resolve("redis" + port));
                return redis(
                        List.of(
                                "--port",
                                "" + port,
                                "--dir",
                                data.toString(),
                                "--appendonly",
                                "yes",
                                "--appendfsync",
                                "always"),
                        List.of("127.0.0.1:" + port));
            }
            case "postgres": {
                return PostgresPeer.start(folder.resolveSibling(folder.getFileName() + "-postgres"), freePort());
            }
            case "redis-tls": {
                int port = freePort();
                int encrypted = freePort();
                Path pem = certificate();
                return redis(
                        List.of(
                                "--appendonly",
                                "no",
                                "--port",
                                "" + port,
                                "--tls-port",
                                "" + encrypted,
                                "--tls-cert-file",
                                pem.toString(),
                                "--tls-key-file",
                                pem.toString(),
                                "--tls-auth-clients",
                                "no"),
                        List.of("rediss://127.0.0.1:" + encrypted, "127.0.0.1:" + port));
            }
            case "cpython": {
                Process process =
                        spawn(List.of(tool("python3"), script("worker.py").toString(), "serve"));
                String line = readyLine(reader(process.getInputStream()));
                return new Server(kind, process, List.of(line.substring(line.lastIndexOf(' ') + 1)));
            }
            default:
                throw new IllegalArgumentException(kind);
        }
    }

    private static Server redis(List<String> ports, List<String> addresses) throws IOException, Missing {
        List<String> command = new ArrayList<>(List.of(tool("redis-server")));
        command.addAll(ports);
        command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--maxclients", "11000"));
        Process process = spawn(command);
        BufferedReader out = reader(process.getInputStream());
        String line;
        do {
            line = readyLine(out);
        } while (!line.toLowerCase(Locale.ROOT).contains("ready to accept connections"));
        return new Server("redis", process, addresses);
    }

    /** A certificate that signs itself, and its key, P-256 as most sites have. */
    private Path certificate() throws Exception {
        Path pem = folder.resolve("redis.pem");
        if (!Files.exists(pem)) {
            Path store = folder.resolve("redis.p12");
            char[] password = "changeit".toCharArray();
            Process keytool = spawn(List.of(
                    javaTool("keytool"),
                    "-genkeypair",
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-dname",
                    "CN=127.0.0.1",
                    "-alias",
                    "redis",
                    "-keystore",
                    store.toString(),
                    "-storepass",
                    new String(password)));
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool made no certificate");
            }
            KeyStore keys = KeyStore.getInstance(store.toFile(), password);
            Files.writeString(
                    pem,
                    pem("CERTIFICATE", keys.getCertificate("redis").getEncoded())
                            + pem("PRIVATE KEY", keys.getKey("redis", password).getEncoded()));
        }
        return pem;
    }

    private static String pem(String what, byte[] der) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
    }

    /** Starts our server by that command of a JVM. */
    Server multiproc(List<String> jvm) throws IOException {
        Path socket = folder.resolve("m" + System.nanoTime() + ".sock");
        return multiproc(jvm, "tcp://127.0.0.1:0", "unix://" + socket);
    }

    private Server multiproc(List<String> jvm, String... listen) throws IOException {
        List<String> command = new ArrayList<>(jvm);
        command.addAll(multiprocArguments(listen));
        return multiproc(command, listen.length);
    }

    private List<String> multiprocArguments(String... listen) {
        List<String> out = new ArrayList<>(List.of("serve", "--max-connections", "20000"));
        for (String address : listen) {
            out.addAll(List.of("--listen", address));
        }
        out.addAll(List.of("--authkey-file", keyFile.toString()));
        return out;
    }

    private Server multiproc(List<String> command, int listeners) throws IOException {
        Process process = spawn(command);
        BufferedReader out = reader(process.getInputStream());
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < listeners; i++) {
            String line = readyLine(out);
            addresses.add(line.substring(line.lastIndexOf(' ') + 1) + " " + keyFile);
        }
        return new Server("multiproc", process, addresses);
    }

    /** Starts the script that drives our server at that address and CPython's own by turns; it prints rows and ends. */
    Process pythonProcesses(String address, double slice, int rounds) throws Exception {
        URI uri = URI.create(address.substring(0, address.indexOf(' ')));
        String key = HexFormat.of().formatHex(Files.readAllBytes(keyFile));
        return spawn(List.of(
                tool("python3"),
                script("bench.py").toString(),
                uri.getHost(),
                Integer.toString(uri.getPort()),
                key,
                Double.toString(slice),
                Integer.toString(rounds)));
    }

    /** A folder for files that go with the servers. */
    Path folder() {
        return folder;
    }

    /** Starts a client process. */
    Process worker(String client, String address) throws Exception {
        if (client.equals("cpython")) {
            return spawn(List.of(tool("python3"), script("worker.py").toString(), address));
        }
        List<String> command = new ArrayList<>(java(Worker.class.getName()));
        command.addAll(List.of(client, address));
        return spawn(command);
    }

    private Path script(String name) throws IOException {
        Path script = folder.resolve(name);
        if (!Files.exists(script)) {
            try (InputStream in = Servers.class.getResourceAsStream(name)) {
                Files.copy(java.util.Objects.requireNonNull(in), script);
            }
        }
        return script;
    }

    private static List<String> java(String main) {
        List<String> command = new ArrayList<>();
        command.add(javaTool("java"));
        if (main.equals(HazelcastPeer.class.getName()) || main.equals(Worker.class.getName())) {
            // what Hazelcast asks for at its start
            command.add("--add-modules=java.se");
            for (String open : List.of(
                    "java.base/java.lang",
                    "java.base/sun.nio.ch",
                    "java.management/sun.management",
                    "jdk.management/com.sun.management.internal")) {
                command.add("--add-opens=" + open + "=ALL-UNNAMED");
            }
            command.add("--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED");
        }
        command.addAll(List.of(
                // a client with one pool thread makes Hazelcast start a thread for each completion: the same for all
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-Xmx3g",
                "-cp",
                System.getProperty("java.class.path"),
                main));
        return command;
    }

    static Process spawn(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String readyLine(BufferedReader out) throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the server ended before it was ready");
        }
        return line;
    }

    private static BufferedReader reader(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    private static String javaTool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private static String tool(String name) throws Missing {
        String path = find(name);
        if (path == null) {
            throw new Missing(name + " is not on the PATH");
        }
        return path;
    }

    static @Nullable String find(String name) {
        String path = System.getenv("PATH");
        for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
            Path file = Path.of(folder, name);
            if (Files.isExecutable(file)) {
                return file.toString();
            }
        }
        return null;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static long redisMemory(String address) throws IOException {
        String[] parts = address.split(":");
        try (Socket socket = new Socket(parts[0], Integer.parseInt(parts[1]))) {
            socket.getOutputStream().write("INFO memory\r\n".getBytes(StandardCharsets.US_ASCII));
            BufferedReader in = reader(socket.getInputStream());
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("used_memory:")) {
                    return Long.parseLong(line.substring(12).trim());
                }
            }
        }
        throw new IOException("redis gave no memory report");
    }
}
