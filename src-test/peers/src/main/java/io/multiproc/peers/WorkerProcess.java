package io.multiproc.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The comparison's end of a worker. */
final class WorkerProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader in;
    private final Writer out;

    WorkerProcess(Process process) throws IOException {
        this.process = process;
        in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        out = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        answer();
    }

    /** Tells it what to measure. {@link #result} waits for the end. */
    void start(String workload, int n, long millis) throws IOException {
        out.write(workload + " " + n + " " + millis + "\n");
        out.flush();
    }

    /** What it measured, or null if the product has no such operation. */
    Workloads.@Nullable Result result() throws IOException {
        String line = answer();
        if (line.equals("= unsupported")) {
            return null;
        }
        String[] words = line.split(" ");
        return new Workloads.Result(
                Double.parseDouble(words[1]), Double.parseDouble(words[2]), Double.parseDouble(words[3]));
    }

    Workloads.@Nullable Result run(String workload, int n, long millis) throws IOException {
        start(workload, n, millis);
        return result();
    }

    private String answer() throws IOException {
        String line = in.readLine();
        if (line == null) {
            throw new IOException("the worker ended");
        }
        if (!line.startsWith("= ")) {
            throw new IOException("the worker failed: " + line);
        }
        return line;
    }

    @Override
    public void close() throws Exception {
        out.close();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
