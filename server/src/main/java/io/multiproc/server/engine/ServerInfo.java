package io.multiproc.server.engine;

import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer to {@code manager.info}: one dict. */
final class ServerInfo {
    private final EngineOptions options;
    private final long started;

    ServerInfo(EngineOptions options, long started) {
        this.options = options;
        this.started = started;
    }

    byte[] render(long now, int sessions, @Nullable Reply objects, Map<Long, String> classes) {
        Runtime runtime = Runtime.getRuntime();
        ByteWriter out = new ByteWriter(512);
        int dict = out.begin(Tag.DICT);
        out.string("version").string(options.version());
        out.string("protocol").integer(Hello.VERSION);
        out.string("pid").integer(ProcessHandle.current().pid());
        out.string("started").integer(started);
        out.string("uptime_ms").integer(now - started);
        out.string("sessions").integer(sessions);
        out.string("objects");
        if (objects == null || objects.isError()) {
            out.tag(Tag.NULL);
        } else {
            out.raw(objects.value());
        }
        out.string("java").string(System.getProperty("java.version", ""));
        out.string("heap_used").integer(runtime.totalMemory() - runtime.freeMemory());
        out.string("heap_max").integer(runtime.maxMemory());
        out.string("max_frame").integer(options.maxFrame());
        out.string("allow_shutdown").bool(options.allowShutdown());
        out.string("listeners");
        List<String> listeners = options.listeners().get();
        int list = out.begin(Tag.LIST);
        for (String listener : listeners) {
            out.string(listener);
        }
        out.end(list, listeners.size());
        out.string("classes");
        int names = out.begin(Tag.DICT);
        classes.forEach((id, name) -> out.integer(id).string(name));
        out.end(names, classes.size());
        Map<String, @Nullable Object> facts = options.facts().get();
        facts.forEach((key, value) -> {
            out.string(key);
            if (value instanceof Long number) {
                out.integer(number);
            } else if (value == null) {
                out.tag(Tag.NULL);
            } else {
                out.string(value.toString());
            }
        });
        return out.end(dict, 14 + facts.size()).toByteArray();
    }
}
