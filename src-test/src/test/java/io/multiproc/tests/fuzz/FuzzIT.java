package io.multiproc.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.server.access.KeyFileTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bounded run of Jazzer on each target, in a JVM of its own with little memory, from what CPython wrote. More: {@code src-test/bin/campaign FuzzIT},
 * and {@code -Dmultiproc.fuzz.seed} for another run; a finding prints its bytes.
 */
@Timeout(300)
class FuzzIT {
    private static final int RUNS = Integer.getInteger("multiproc.fuzz.runs", 12_000);
    private static final long SEED = Long.getLong("multiproc.fuzz.seed", 20261125L);

    /** Methods, and what they take. */
    private static final String METHODS =
            "__add__ __contains__ __delitem__ __getitem__ __iter__ __len__ __mul__ __reversed__ __setitem__ __imul__"
                    + " append count extend index insert pop remove reverse sort clear copy get items keys popitem"
                    + " setdefault update values put get_nowait qsize task_done acquire release wait notify notify_all set"
                    + " is_set __getattribute__ __setattr__ __delattr__ abort reset __next__ __str__ #GETVALUE";

    @TempDir
    private Path folder;

    @Test
    void pickles() throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        int n = 0;
        for (byte[] golden : goldens()) {
            Files.write(corpus.resolve("golden" + n++), golden);
        }
        assertTrue(n > 200, "golden pickles " + n);
        fuzz(PickleTarget.class, corpus);
    }

    @Test
    void requests() throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        List<byte[]> goldens = goldens().stream().filter(b -> b.length < 60).toList();
        int n = 0;
        for (String method : METHODS.split(" ")) {
            for (int type = 0; type < DialectTarget.TYPES.size(); type++) {
                byte[] value = value(goldens.get(n % goldens.size()));
                Files.write(corpus.resolve("call" + n++), call(type, method, n % 3, value));
            }
        }
        for (byte[] golden : goldens) {
            Files.write(corpus.resolve("golden" + n++), golden);
        }
        fuzz(DialectTarget.class, corpus);
    }

    @Test
    void tls() throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        byte[] hello = TlsTarget.clientHello();
        for (byte mode = 0; mode < 4; mode++) {
            hello[0] = mode;
            Files.write(corpus.resolve("hello" + mode), hello);
        }
        fuzz(TlsTarget.class, corpus);
    }

    @Test
    void certificates() throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        int n = 0;
        for (byte[] seed : CertificateTarget.seeds()) {
            Files.write(corpus.resolve("certificate" + n++), seed);
        }
        // each makes signatures
        fuzz(CertificateTarget.class, corpus, RUNS / 8);
    }

    @Test
    void proxies() throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        byte[] greeting = ProxyTarget.greeting();
        byte[] seed = new byte[1 + greeting.length];
        System.arraycopy(greeting, 0, seed, 1, greeting.length);
        Files.write(corpus.resolve("greeting"), seed);
        Files.write(corpus.resolve("address"), "\0tcp://[::1]:50000".getBytes(StandardCharsets.US_ASCII));
        fuzz(ProxyTarget.class, corpus);
    }

    @Test
    void values() throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        int n = 0;
        for (byte[] seed : ValueTarget.seeds()) {
            Files.write(corpus.resolve("value" + n++), seed);
        }
        for (byte[] golden : goldenValues()) {
            Files.write(corpus.resolve("golden" + n++), golden);
        }
        fuzz(ValueTarget.class, corpus);
    }

    @Test
    void nativeRequests() throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        int n = 0;
        for (byte[] seed : RequestTarget.seeds()) {
            Files.write(corpus.resolve("request" + n++), seed);
        }
        fuzz(RequestTarget.class, corpus);
    }

    /** What a client may ask for whose key has a role or prefixes. */
    @Test
    void access() throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        int n = 0;
        for (byte[] seed : RequestTarget.seeds()) {
            for (int object = 0; object < 4; object++) {
                seed[1] = (byte) (n % 2 << 7 | (seed[1] + object) % 8);
                Files.write(corpus.resolve("request" + n++), seed);
            }
        }
        fuzz(AccessTarget.class, corpus);
    }

    @Test
    void keyFiles() throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        List<String> files = List.of(
                "# NAME ROLE KEY\nops admin file=ops.key\nweb use key=secret prefix=web. prefix=s.\n",
                "a read hex=00ff17\r\n\tb  use key=x#y",
                "a use key=x\na admin hex=78\n",
                "a write key=x\nb use\nc use prefix=\nd use key=\ne use hex=1\nf use file=",
                "ops admin key=\u00e4\u20ac prefix=\u00e4");
        for (String file : files) {
            Files.writeString(corpus.resolve("file" + files.indexOf(file)), file);
        }
        fuzz(KeyFileTarget.class, corpus);
    }

    @Test
    void records() throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        int n = 0;
        for (byte[] seed : RecordTarget.seeds()) {
            Files.write(corpus.resolve("record" + n++), seed);
        }
        fuzz(RecordTarget.class, corpus);
    }

    @Test
    void handshakes() throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        for (int i = 0; i < 16; i++) {
            String challenge = "#CHALLENGE#{sha256}" + "x".repeat(40);
            byte[] text = (i % 2 == 0 ? challenge : "#WELCOME#").getBytes(StandardCharsets.US_ASCII);
            byte[] b = new byte[text.length + 1];
            b[0] = (byte) (i << 3 | i);
            System.arraycopy(text, 0, b, 1, text.length);
            Files.write(corpus.resolve("frame" + i), b);
        }
        fuzz(HandshakeTarget.class, corpus);
    }

    private static List<byte[]> goldenValues() throws IOException {
        return Files.readAllLines(top().resolve("protocol/src/test/resources/golden/v1/values.hex")).stream()
                .filter(l -> !l.startsWith("#") && !l.isBlank())
                .map(l -> HexFormat.of().parseHex(l.substring(l.indexOf(' ')).replace(" ", "")))
                .toList();
    }

    private static Path top() {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("protocol/src/test/resources/golden/pickle/pickles.tsv"))) {
            top = top.getParent();
        }
        return top;
    }

    private static List<byte[]> goldens() throws IOException {
        return Files.readAllLines(top().resolve("protocol/src/test/resources/golden/pickle/pickles.tsv")).stream()
                .map(line -> HexFormat.of().parseHex(line.split("\t")[3]))
                .toList();
    }

    /** The opcodes of a pickle without its start and its stop. */
    private static byte[] value(byte[] pickle) {
        int from = (pickle[0] & 0xff) == 0x80 ? 2 : 0;
        from += (pickle[from] & 0xff) == 0x95 ? 9 : 0;
        return java.util.Arrays.copyOfRange(pickle, from, pickle.length - 1);
    }

    /** What follows the ident in a request. */
    private static byte[] call(int type, String method, int args, byte[] value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(type);
        out.write(0x8c);
        out.write(method.length());
        out.writeBytes(method.getBytes(StandardCharsets.US_ASCII));
        out.write('(');
        for (int i = 0; i < args; i++) {
            out.writeBytes(value);
        }
        out.writeBytes("t}t.".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private void fuzz(Class<?> target, Path corpus) throws Exception {
        fuzz(target, corpus, RUNS);
    }

    private void fuzz(Class<?> target, Path corpus, int most) throws Exception {
        System.out.println("Jazzer on " + target.getSimpleName() + ", seed " + SEED);
        Path log = folder.resolve("log");
        Process p = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx384m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target.getName(),
                        "--instrumentation_includes=io.multiproc.**",
                        "--reproducer_path=" + folder,
                        "-artifact_prefix=" + folder + "/finding-",
                        "-runs=" + most,
                        "-seed=" + SEED,
                        "-max_len=2048",
                        "-timeout=60",
                        // the heap's bound finds what takes too much memory; libFuzzer's looks at the peak of the
                        // process, which a child
                        // that is started by vfork takes over from this JVM
                        "-rss_limit_mb=0",
                        "-print_final_stats=1",
                        corpus.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .directory(folder.toFile())
                .start();
        boolean ended = p.waitFor(240, TimeUnit.SECONDS);
        p.destroyForcibly();
        String said = Files.readString(log, StandardCharsets.ISO_8859_1);
        assertTrue(ended, () -> "Jazzer does not end:\n" + said);
        assertEquals(0, p.exitValue(), () -> said + findings());
        Matcher runs = Pattern.compile("number_of_executed_units:\\s*(\\d+)").matcher(said);
        assertTrue(runs.find() && Long.parseLong(runs.group(1)) >= most, said);
        Matcher covered =
                Pattern.compile("INITED cov: (\\d+)(?s:.*) cov: (\\d+)").matcher(said);
        assertTrue(
                covered.find() && Integer.parseInt(covered.group(2)) > Integer.parseInt(covered.group(1)),
                () -> "guided by coverage, a run sees more than what it starts from:\n" + said);
    }

    private String findings() {
        StringBuilder out = new StringBuilder();
        try (var files = Files.list(folder)) {
            for (Path f : files.filter(f -> f.getFileName().toString().startsWith("finding-"))
                    .toList()) {
                out.append('\n')
                        .append(f.getFileName())
                        .append(": ")
                        .append(HexFormat.of().formatHex(Files.readAllBytes(f)));
            }
        } catch (IOException e) {
            out.append(e);
        }
        return out.toString();
    }
}
