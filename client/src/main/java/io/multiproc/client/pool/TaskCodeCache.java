package io.multiproc.client.pool;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.LambdaCodec;
import io.multiproc.client.process.Code;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cache of the code that a worker runs: of its own class path, made from names. Used by one thread. */
final class TaskCodeCache {
    private static final int MAX_KNOWN = 1_000;

    /** Code, and how its arguments and results travel. */
    record Item(Code code, TaskCodec parcels) {}

    private final @Nullable Manager manager;
    private final ManagerOptions options;
    private final Collection<String> only;
    private final ClassLoader loader;
    private final Map<String, TaskCodec> parcels = new HashMap<>();
    private final Map<ByteBuffer, Item> known = new HashMap<>();

    /** Of classes in the packages of {@code only}, or of all if that is empty. */
    TaskCodeCache(@Nullable Manager manager, ManagerOptions options, Collection<String> only, ClassLoader loader) {
        this.manager = manager;
        this.options = options;
        this.only = only;
        this.loader = loader;
    }

    /**
     * The code of (class, bytes, proxies).
     *
     * @throws SerializationException if it is not of this JVM's class path or of no allowed package; the text names it
     */
    Item item(Tuple code) {
        if (!(code.get(0) instanceof String home) || !(code.get(1) instanceof byte[] bytes)) {
            throw SerializationException.reading("code is refused: it is not described as code is", null);
        }
        ByteBuffer id = ByteBuffer.wrap(bytes);
        @Nullable Item found = known.get(id);
        if (found != null) {
            return found;
        }
        if (!TaskCodec.within(home, only)) {
            throw SerializationException.reading(
                    "code of class " + home + " is refused: this worker takes code of " + only + " only", null);
        }
        int dot = home.lastIndexOf('.');
        TaskCodec p = parcels.computeIfAbsent(
                dot < 0 ? "" : home.substring(0, dot), k -> new TaskCodec(manager, TaskCodec.withHome(options, home)));
        if (!(p.unpack(Tuple.of(bytes, code.get(2))) instanceof Tuple names)
                || !LambdaCodec.home(names).equals(home)) {
            throw SerializationException.reading("code is refused: it is not of class " + home, null);
        }
        Item item = new Item(LambdaCodec.find(names, loader, Code.class), p);
        if (names.get(names.size() - 1) instanceof List<?> captured && captured.isEmpty()) {
            if (known.size() >= MAX_KNOWN) {
                known.clear();
            }
            // without captured values it is the same for every chunk
            known.put(id, item);
        }
        return item;
    }
}
