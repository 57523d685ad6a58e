package io.multiproc.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.server.engine.ClusterStats;
import io.multiproc.server.engine.EngineStats;
import io.multiproc.server.engine.ImageStats;
import io.multiproc.server.engine.LogStats;
import io.multiproc.server.net.NetStats;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The names of all metrics, and their text. Rows of the operation table appear when they were used once. Thread-safe. */
final class Meters {
    private static final double NANOS = 1e-9;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Set<Object> known = new HashSet<>();
    private volatile NetStats last = NetStats.NONE;

    Meters(String version) {
        Gauge.builder("multiproc.info", () -> 1)
                .description("1, with the version of the server")
                .tag("version", version)
                .register(registry);
        gauge("multiproc.sessions", "Open sessions", s -> s.engine().sessions());
        gauge("multiproc.connections", "Open sockets", NetStats::connections);
        gauge("multiproc.connections.half.open", "Sockets that have not proved the key yet", NetStats::halfOpen);
        gauge("multiproc.waiters", "Requests that wait", s -> s.engine()
                .counts()
                .waits());
        gauge("multiproc.undelivered", "Deliveries of queue items that are not acknowledged", s -> s.engine()
                .counts()
                .undelivered());
        counter("multiproc.handshakes.rejected", "Connections refused before they were clients", NetStats::rejected);
        for (ObjectType type : ObjectType.values()) {
            Gauge.builder(
                            "multiproc.objects",
                            this,
                            m -> m.last.engine().counts().objects().getOrDefault(type, 0))
                    .description("Live objects")
                    .tag("type", type.wireName())
                    .register(registry);
        }
        Runtime jvm = Runtime.getRuntime();
        Gauge.builder("multiproc.heap.used", () -> jvm.totalMemory() - jvm.freeMemory())
                .description("Heap in use, with what is not collected yet")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("multiproc.heap.max", jvm::maxMemory)
                .description("Heap at most; what stores is refused when eleven twelfths of it are in use")
                .baseUnit("bytes")
                .register(registry);
        FunctionTimer.builder(
                        "multiproc.operation",
                        this,
                        m -> m.last.engine().timed(),
                        m -> m.last.engine().nanos(),
                        TimeUnit.NANOSECONDS)
                .description("Time that the manager spends on an operation, waiting left out; one in 16 is timed")
                .register(registry);
        for (int i = 0; EngineStats.bucketNanos(i) < Long.MAX_VALUE; i++) {
            bucket(i, Double.toString(EngineStats.bucketNanos(i) * NANOS));
            if (EngineStats.bucketNanos(i + 1) == Long.MAX_VALUE) {
                bucket(i + 1, "+Inf");
            }
        }
    }

    /** Those of a server with a log, when it has written. */
    private void log() {
        gauge("multiproc.log.bytes", "Length of the log", s -> s.engine().log().bytes());
        counter("multiproc.log.records", "Bursts of commands that were written to the log", s -> s.engine()
                .log()
                .records());
        counter("multiproc.log.commands", "Commands in them", s -> s.engine()
                .log()
                .commands());
        FunctionTimer.builder(
                        "multiproc.log.fsync",
                        this,
                        m -> m.last.engine().log().syncs(),
                        m -> m.last.engine().log().syncNanos(),
                        TimeUnit.NANOSECONDS)
                .description("Time to bring the log to the disk")
                .register(registry);
        for (int i = 0; i < LogStats.SYNC_BUCKETS; i++) {
            int bucket = i;
            long bound = LogStats.syncBound(i);
            below(
                    "multiproc.log.fsync.latency",
                    "Syncs of the log below a number of seconds, for histogram_quantile",
                    bound == Long.MAX_VALUE ? "+Inf" : Double.toString(bound * NANOS),
                    s -> s.syncsBelow(bucket));
        }
        for (int i = 0; i < LogStats.SIZE_BUCKETS; i++) {
            int bucket = i;
            below(
                    "multiproc.log.burst.size",
                    "Records of the log with at most so many commands, for histogram_quantile",
                    i == LogStats.SIZE_BUCKETS - 1 ? "+Inf" : Integer.toString(LogStats.sizeBound(i)),
                    s -> s.recordsUpTo(bucket));
        }
    }

    /** Those of a server with a data folder. */
    private void images() {
        gauge(
                "multiproc.image.age.seconds",
                "Age of the newest image",
                s -> s.engine().image().ageNanos() * NANOS);
        gauge("multiproc.image.bytes", "Length of the newest image", s -> s.engine()
                .image()
                .bytes());
        gauge(
                "multiproc.image.duration.seconds",
                "Time to write it",
                s -> s.engine().image().nanos() * NANOS);
        gauge(
                "multiproc.image.pause.seconds",
                "Longest time that it held clients up at once",
                s -> s.engine().image().pauseNanos() * NANOS);
    }

    /** Those of a node of a cluster. */
    private void cluster() {
        cluster("multiproc.cluster.leads", "Whether this node leads, 0 or 1", ClusterStats::leads);
        cluster(
                "multiproc.cluster.has.leader",
                "Whether this node knows one that leads, 0 or 1",
                ClusterStats::hasLeader);
        cluster("multiproc.cluster.term", "The term of leadership", ClusterStats::term);
        cluster("multiproc.cluster.elections", "Elections that this node has won", ClusterStats::elections);
        cluster("multiproc.cluster.committed", "Index of the last record that a majority has", ClusterStats::committed);
        cluster(
                "multiproc.cluster.applied",
                "Index of the last record that this node has applied",
                ClusterStats::applied);
        cluster("multiproc.cluster.members", "Nodes of the cluster", ClusterStats::members);
        cluster("multiproc.cluster.connected", "Those heard of lately, this one included", ClusterStats::connected);
    }

    private void cluster(String name, String description, ToDoubleFunction<ClusterStats> value) {
        gauge(name, description, s -> value.applyAsDouble(s.engine().cluster()));
    }

    private void below(String name, String description, String bound, ToDoubleFunction<LogStats> value) {
        FunctionCounter.builder(
                        name, this, m -> value.applyAsDouble(m.last.engine().log()))
                .description(description)
                .tag("le", bound)
                .register(registry);
    }

    private void bucket(int i, String bound) {
        FunctionCounter.builder("multiproc.operation.latency", this, m -> m.last.engine()
                        .timedBelow(i))
                .description("Timed operations below a number of seconds, for histogram_quantile")
                .tag("le", bound)
                .register(registry);
    }

    private void gauge(String name, String description, ToDoubleFunction<NetStats> value) {
        Gauge.builder(name, this, m -> value.applyAsDouble(m.last))
                .description(description)
                .register(registry);
    }

    private void counter(String name, String description, ToDoubleFunction<NetStats> value) {
        FunctionCounter.builder(name, this, m -> value.applyAsDouble(m.last))
                .description(description)
                .register(registry);
    }

    /** The metrics as Prometheus text, from these numbers. */
    synchronized String text(NetStats stats) {
        last = stats;
        if (stats.engine().log().records() > 0 && known.add(LogStats.NONE)) {
            log();
        }
        if (!stats.engine().image().equals(ImageStats.NONE) && known.add(ImageStats.NONE)) {
            images();
        }
        if (stats.engine().cluster().members() > 0 && known.add(ClusterStats.NONE)) {
            cluster();
        }
        for (Op op : OpTable.all()) {
            if (stats.engine().applied(op) > 0 && known.add(op)) {
                row("multiproc.operations", "Operations", op, s -> s.applied(op));
                row("multiproc.operations.waited", "Operations whose answer came later", op, s -> s.waited(op));
            }
        }
        for (ErrorCode error : ErrorCode.values()) {
            if (stats.engine().errors(error) > 0 && known.add(error)) {
                FunctionCounter.builder("multiproc.operations.refused", this, m -> m.last.engine()
                                .errors(error))
                        .description("Operations answered with an error at once")
                        .tag("error", error.name().toLowerCase(Locale.ROOT))
                        .register(registry);
            }
        }
        return registry.scrape();
    }

    private void row(String name, String description, Op op, ToDoubleFunction<EngineStats> value) {
        String wireName = op.wireName();
        FunctionCounter.builder(name, this, m -> value.applyAsDouble(m.last.engine()))
                .description(description)
                .tag("type", wireName.substring(0, wireName.indexOf('.')))
                .tag("operation", wireName.substring(wireName.indexOf('.') + 1))
                .register(registry);
    }
}
