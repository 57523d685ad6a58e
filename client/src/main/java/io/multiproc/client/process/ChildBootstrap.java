package io.multiproc.client.process;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.internal.code.ValueCodec;
import io.multiproc.client.internal.kryo.AllowedClasses;
import io.multiproc.client.internal.value.Packages;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The message that a parent sends a child before its task; {@link ChildMain} reads it. */
final class ChildBootstrap {
    private static final List<String> JVM_PROPERTIES = List.of(
            "java.", "sun.", "jdk.", "os.", "user.", "file.", "path.", "line.", "awt.", "native.", "stdout.", "stderr.",
            "stdin.");

    static final ValueCodec CODEC = new ValueCodec(AllowedClasses.NONE);

    private ChildBootstrap() {}

    /** Whether a system property is the JVM's own: it reads it when it starts. */
    static boolean isOfJvm(String property) {
        return JVM_PROPERTIES.stream().anyMatch(property::startsWith);
    }

    /** Values of the classes that options register and allow. */
    static ValueCodec codec(ManagerOptions o) {
        return new ValueCodec(new AllowedClasses(o.classes(), o.allowedClasses(), o.packages(), o.sharedReferences()));
    }

    /** What the child may read: what the manager and the process allow, and the package of the code's own class. */
    static ManagerOptions options(@Nullable Manager m, ManagerOptions classes, String home) {
        return withHome(m == null ? classes : merged(m.options(), classes), home);
    }

    static Map<Object, @Nullable Object> of(
            String name,
            boolean daemon,
            ManagerOptions options,
            ChildOptions child,
            @Nullable Manager m,
            @Nullable String parcel,
            int port,
            String token) {
        Map<Object, @Nullable Object> bootstrap = new LinkedHashMap<>();
        bootstrap.put("name", name);
        bootstrap.put("daemon", daemon);
        bootstrap.put("parent", ProcessInfo.current().name());
        bootstrap.put("parent pid", ProcessHandle.current().pid());
        bootstrap.put("port", (long) port);
        bootstrap.put("token", token);
        bootstrap.put("log", ProcessLog.setting());
        Map<Object, Object> properties = new LinkedHashMap<>();
        for (String key : System.getProperties().stringPropertyNames()) {
            if (!isOfJvm(key)) {
                properties.put(key, System.getProperty(key, ""));
            }
        }
        child.systemProperties().forEach((k, v) -> {
            if (!isOfJvm(k)) {
                properties.put(k, v);
            }
        });
        bootstrap.put("properties", properties);
        Path input = child.input();
        if (input != null) {
            bootstrap.put("input", input.toString());
        }
        bootstrap.put("references", options.sharedReferences());
        Map<Object, Object> registered = new LinkedHashMap<>();
        options.classes().forEach((id, type) -> registered.put((long) id, type.getName()));
        bootstrap.put("classes", registered);
        bootstrap.put(
                "named", options.allowedClasses().stream().map(Class::getName).toList());
        bootstrap.put("packages", List.copyOf(options.packages()));
        if (m != null) {
            bootstrap.put("address", m.address());
            bootstrap.put("key", m.options().authkey());
            ManagerOptions of = m.options();
            bootstrap.put("tls", Arrays.asList(of.tlsCa(), text(of.tlsCertificate()), text(of.tlsKey())));
            bootstrap.put("parcel", parcel);
        }
        return bootstrap;
    }

    private static @Nullable String text(@Nullable Path file) {
        return file == null ? null : file.toAbsolutePath().toString();
    }

    private static ManagerOptions merged(ManagerOptions base, ManagerOptions more) {
        ManagerOptions all = base;
        for (Map.Entry<Integer, Class<?>> e : more.classes().entrySet()) {
            all = all.register(e.getKey(), e.getValue());
        }
        for (Class<?> type : more.allowedClasses()) {
            all = all.allowClass(type);
        }
        for (String p : more.packages()) {
            all = all.allowPackage(p);
        }
        return all;
    }

    private static ManagerOptions withHome(ManagerOptions options, String className) {
        return options.allowPackage(Packages.of(className));
    }
}
