package io.multiproc.server.access;

import io.multiproc.protocol.wire.Text;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit as a file: one JSON object for each event, on a line of its own, added at the end. Written by a thread of its own, so that a slow disk holds
 * nobody up; what does not fit into its queue is left out and counted. Events that clients can cause at will have a bound on their rate, for each kind.
 */
public final class AuditLog implements Audit, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
    private static final int QUEUE = 4096;
    /** Bounded events at once, and time for each further one. */
    private static final int BURST = 200;

    private static final long PER_EVENT = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long CLOSE_MILLIS = 2000;
    private static final String END = "";

    /** What is left of the rate of a kind of event. */
    private static final class Rate {
        private long paid = Long.MIN_VALUE;
        private long left;

        boolean admits(long now) {
            if (paid == Long.MIN_VALUE || paid - now < 0) {
                paid = now;
            }
            if (paid - now > (BURST - 1) * PER_EVENT) {
                left++;
                return false;
            }
            paid += PER_EVENT;
            return true;
        }
    }

    private final OutputStream out;
    private final String where;
    private final LongSupplier nanos;
    private final BlockingQueue<String> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Map<Event, Rate> rates = new EnumMap<>(Event.class);
    private final Thread writer;
    private long lost;
    private boolean failed;

    private AuditLog(OutputStream out, String where, LongSupplier nanos) {
        this.out = out;
        this.where = where;
        this.nanos = nanos;
        writer = new Thread(this::write, "multiproc-audit");
        writer.setDaemon(true);
    }

    /**
     * Opens the file, or makes it, readable by the user only; and again where it was moved away.
     *
     * @throws IOException if it cannot be written, or others could change it
     */
    public static AuditLog open(Path file) throws IOException {
        return start(new RotatedFile(file), file.toString(), System::nanoTime);
    }

    static AuditLog start(OutputStream out, String where, LongSupplier nanos) {
        AuditLog audit = new AuditLog(out, where, nanos);
        audit.writer.start();
        audit.record(Event.STARTED, Map.of("pid", ProcessHandle.current().pid()));
        return audit;
    }

    @Override
    public synchronized void record(Event event, Map<String, @Nullable Object> facts) {
        try {
            add(event, facts);
        } catch (OutOfMemoryError e) {
            // what happened has happened, and is answered
            lost++;
        }
    }

    private void add(Event event, Map<String, @Nullable Object> facts) {
        Map<String, @Nullable Object> more = facts;
        if (event.isBounded()) {
            Rate rate = rates.computeIfAbsent(event, e -> new Rate());
            if (!rate.admits(nanos.getAsLong())) {
                return;
            }
            if (rate.left > 0) {
                more = new LinkedHashMap<>(facts);
                more.put("left_out", rate.left);
                rate.left = 0;
            }
        }
        if (lost > 0 && queue.offer(line(Event.LEFT_OUT, Map.of("events", lost)))) {
            lost = 0;
        }
        if (!queue.offer(line(event, more))) {
            lost++;
        }
    }

    private static String line(Event event, Map<String, @Nullable Object> facts) {
        StringBuilder out = new StringBuilder("{\"time\":\"")
                .append(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .append("\",\"event\":\"")
                .append(event.name().toLowerCase(Locale.ROOT))
                .append('"');
        facts.forEach((name, value) -> {
            if (value != null) {
                out.append(",\"").append(name).append("\":");
                if (value instanceof Number || value instanceof Boolean) {
                    out.append(value);
                } else {
                    quote(value.toString(), out);
                }
            }
        });
        return out.append("}\n").toString();
    }

    /** What {@link Text#escaped} makes of control characters is JSON's own form. */
    private static void quote(String s, StringBuilder out) {
        out.append('"')
                .append(Text.escaped(s.replace("\\", "\\\\").replace("\"", "\\\"")))
                .append('"');
    }

    private void write() {
        try (out) {
            while (true) {
                String line = queue.take();
                if (line.isEmpty()) {
                    return;
                }
                put(line);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            log.warn("the audit file {} cannot be closed: {}", where, e.toString());
        }
    }

    private void put(String line) {
        try {
            out.write(line.getBytes(StandardCharsets.UTF_8));
            out.flush();
            failed = false;
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                log.error("the audit file {} cannot be written, events are lost: {}", where, e.toString());
            }
        }
    }

    /** Writes what is there; waits for at most two seconds. */
    @Override
    public void close() {
        boolean interrupted = false;
        try {
            if (queue.offer(END, CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                writer.join(CLOSE_MILLIS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
