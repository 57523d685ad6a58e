package io.multiproc.client.process;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.internal.code.ValueCodec;
import io.multiproc.client.internal.kryo.AllowedClasses;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a parent tells a child before its errand; {@link ChildMain} reads it. */
final class ChildBootstrap {
    private static final List<String> JVM_PROPERTIES = List.of(
            "java.", "sun.", "jdk.", "os.", "user.", "file.", "path.", "line.", "awt.", "native.", "stdout.", "stderr.",
            "stdin.");

    static final ValueCodec CODEC = new ValueCodec(AllowedClasses.NONE);

    private ChildBootstrap() {}

    /** Values of the classes that options register and allow. */
    static ValueCodec codec(ManagerOptions o) {
        return new ValueCodec(new AllowedClasses(o.classes(), o.packages(), o.sharedReferences()));
    }

    /** What the child may read: what the manager and the process allow, and the package of the code's own class. */
    static ManagerOptions options(@Nullable Manager m, ManagerOptions classes, String home) {
        return withHome(m == null ? classes : merged(m.options(), classes), home);
    }

    static Map<Object, @Nullable Object> of(
            String name,
            boolean daemon,
            ManagerOptions options,
            @Nullable Manager m,
            @Nullable String parcel,
            int port,
            String token) {
        Map<Object, @Nullable Object> letter = new LinkedHashMap<>();
        letter.put("name", name);
        letter.put("daemon", daemon);
        letter.put("parent", ProcessInfo.current().name());
        letter.put("parent pid", ProcessHandle.current().pid());
        letter.put("port", (long) port);
        letter.put("token", token);
        letter.put("log", ProcessLog.level());
        Map<Object, Object> properties = new LinkedHashMap<>();
        for (String key : System.getProperties().stringPropertyNames()) {
            if (JVM_PROPERTIES.stream().noneMatch(key::startsWith)) {
                properties.put(key, System.getProperty(key, ""));
            }
        }
        letter.put("properties", properties);
        letter.put("references", options.sharedReferences());
        Map<Object, Object> registered = new LinkedHashMap<>();
        options.classes().forEach((id, type) -> registered.put((long) id, type.getName()));
        letter.put("classes", registered);
        letter.put("packages", List.copyOf(options.packages()));
        if (m != null) {
            letter.put("address", m.address());
            letter.put("key", m.options().authkey());
            letter.put("parcel", parcel);
        }
        return letter;
    }

    private static ManagerOptions merged(ManagerOptions base, ManagerOptions more) {
        ManagerOptions all = base;
        for (Map.Entry<Integer, Class<?>> e : more.classes().entrySet()) {
            all = all.register(e.getKey(), e.getValue());
        }
        for (String p : more.packages()) {
            all = all.allowPackage(p);
        }
        return all;
    }

    private static ManagerOptions withHome(ManagerOptions options, String className) {
        int dot = className.lastIndexOf('.');
        return dot < 0 ? options : options.allowPackage(className.substring(0, dot));
    }
}
