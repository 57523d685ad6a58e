package io.multiproc.client.pool;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Proxy;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.Parcel;
import io.multiproc.client.internal.code.ValueCodec;
import io.multiproc.client.internal.kryo.AllowedClasses;
import io.multiproc.client.internal.value.Packages;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Values as (bytes, proxies): the bytes are made with the classes of a pool, which the manager's connections need not know, and the proxies
 * stand beside them, where the manager sees and counts them. Thread-safe.
 */
final class TaskCodec {
    private final Predicate<Object> ours;
    private final ValueCodec codec;
    private final ManagerOptions options;

    TaskCodec(@Nullable Manager manager, ManagerOptions options) {
        ours = p -> {
            if (manager == null) {
                throw new IllegalArgumentException(
                        "a proxy is among the values, and the pool has no manager: give it the proxy's, as PoolOptions.withManager");
            }
            return Manager.of((Proxy) p) == manager;
        };
        this.options = options;
        codec = new ValueCodec(new AllowedClasses(
                options.classes(), options.allowedClasses(), options.packages(), options.sharedReferences()));
    }

    /** The packages whose classes may be read. */
    Collection<String> packages() {
        return options.packages();
    }

    Tuple pack(@Nullable Object value) {
        return Parcel.pack(codec, value, ours);
    }

    /** As {@link #pack}, the values of a list. */
    Tuple packAll(List<? extends @Nullable Object> values) {
        return Parcel.packAll(codec, values, ours);
    }

    @Nullable
    Object unpack(Tuple parcel) {
        return Parcel.unpack(codec, parcel);
    }

    /** Whether a value can be packed; if not, why. */
    @Nullable
    Throwable refusal(@Nullable Object value) {
        try {
            Tuple ignored = pack(value);
            return null;
        } catch (Throwable e) { // writing a value runs the user's code
            return e;
        }
    }

    /** What a worker must know to make the same: as plain values. */
    static Map<Object, @Nullable Object> describe(ManagerOptions options) {
        Map<Object, @Nullable Object> out = new LinkedHashMap<>();
        Map<Object, Object> classes = new LinkedHashMap<>();
        options.classes().forEach((id, type) -> classes.put((long) id, type.getName()));
        out.put("classes", classes);
        out.put("named", options.allowedClasses().stream().map(Class::getName).toList());
        out.put("packages", List.copyOf(options.packages()));
        out.put("references", options.sharedReferences());
        return out;
    }

    /** The options of a description, from this JVM's classes; of the packages only those that a worker was told to allow. */
    static ManagerOptions options(Map<?, ?> described, ClassLoader loader, Collection<String> only) {
        ManagerOptions o =
                ManagerOptions.defaults().withSharedReferences(Boolean.TRUE.equals(described.get("references")));
        if (described.get("classes") instanceof Map<?, ?> classes) {
            for (Map.Entry<?, ?> e : classes.entrySet()) {
                String name = String.valueOf(e.getValue());
                if (within(name, only)) {
                    o = o.register(((Number) e.getKey()).intValue(), load(name, loader));
                }
            }
        }
        if (described.get("named") instanceof List<?> named) {
            for (Object name : named) {
                if (within(String.valueOf(name), only)) {
                    o = o.allowClass(load(String.valueOf(name), loader));
                }
            }
        }
        if (described.get("packages") instanceof List<?> packages) {
            for (Object p : packages) {
                if (within(String.valueOf(p), only)) {
                    o = o.allowPackage(String.valueOf(p));
                }
            }
        }
        return o;
    }

    private static Class<?> load(String name, ClassLoader loader) {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException x) {
            throw SerializationException.reading(
                    "class " + name + ", which the pool registered, is not on this JVM's class path", x);
        }
    }

    /** Whether a class or package is one of some packages or below; no packages, no restriction. */
    static boolean within(String name, Collection<String> packages) {
        return packages.isEmpty() || packages.stream().anyMatch(p -> name.equals(p) || name.startsWith(p + "."));
    }

    /** Options with the package of a class added. */
    static ManagerOptions withHome(ManagerOptions options, String className) {
        return options.allowPackage(Packages.of(className));
    }
}
