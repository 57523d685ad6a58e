package io.multiproc.client.internal.service;

import io.multiproc.client.internal.value.ThrownText;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the calls of one service: fetches them on a thread of its own and hands them to an executor. */
public final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    /** The method name of a call that makes the instance. */
    public static final String CONSTRUCT = "<init>";

    /** The manager, as the dispatcher sees it. */
    public interface Port extends Methods.Converter {
        /** The next call (number, instance, method, arguments); waits. */
        List<?> next() throws InterruptedException;

        void answer(long number, boolean success, @Nullable Object value);

        boolean isOpen();

        /** Makes a shared object of a result. */
        Object share(String typeId, @Nullable Object result);
    }

    private final String name;
    private final ServedClass served;
    private final Port port;
    private final ExecutorService executor;
    private final Map<Long, Instance> instances = new ConcurrentHashMap<>();

    /** An object with the executor of its calls. */
    private record Instance(@Nullable Object object, Executor executor, @Nullable Exception failure) {}

    public Dispatcher(String name, ServedClass served, Port port) {
        this.name = name;
        this.served = served;
        this.port = port;
        executor = newExecutor(name);
    }

    /** Begins to fetch calls. */
    public void start() {
        Thread loop = new Thread(this::run, "multiproc-serve " + name);
        loop.setDaemon(true);
        loop.start();
    }

    /** A virtual thread for each call where the JVM has them: a method may take as long as it likes. */
    private static ExecutorService newExecutor(String name) {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            return Executors.newCachedThreadPool(r -> {
                Thread t = new Thread(r, "multiproc-call " + name);
                t.setDaemon(true);
                return t;
            });
        }
    }

    private void run() {
        try {
            while (port.isOpen()) {
                List<?> call = port.next();
                if (!call.isEmpty()) {
                    dispatch(call);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("{} is served no longer", name);
        } catch (RuntimeException e) {
            if (port.isOpen()) {
                LOG.error("{} is served no longer", name, e);
            }
        } finally {
            executor.shutdown();
            instances.values().forEach(i -> close(i.object));
        }
    }

    @SuppressWarnings("unchecked")
    private void dispatch(List<?> call) {
        long number = ((Number) call.get(0)).longValue();
        long id = ((Number) call.get(1)).longValue();
        String method = String.valueOf(call.get(2));
        List<@Nullable Object> arguments = (List<@Nullable Object>) call.get(3);
        if (number == 0) {
            Instance gone = instances.remove(id);
            if (gone != null) {
                gone.executor.execute(() -> close(gone.object));
            }
            return;
        }
        Instance instance = instances.computeIfAbsent(
                id, i -> new Instance(null, served.concurrent() ? executor : new Serial(executor), null));
        instance.executor.execute(() -> answer(number, id, method, arguments));
    }

    private void answer(long number, long id, String method, List<@Nullable Object> arguments) {
        boolean success = false;
        Object value;
        try {
            value = run(id, method, arguments);
            success = true;
        } catch (Throwable t) { // whatever the user's code throws is the caller's to know
            value = description(t);
        }
        try {
            port.answer(number, success, value);
        } catch (Throwable e) { // writing the result runs the user's code
            if (port.isOpen()) {
                // a result that cannot be sent
                port.answer(number, false, description(e));
            }
        }
    }

    private @Nullable Object run(long id, String method, List<@Nullable Object> arguments) throws Exception {
        if (method.equals(CONSTRUCT)) {
            Instance before = instances.get(id);
            if (before != null && before.object != null) {
                return null;
            }
            try {
                Object made = served.constructor().make(arguments);
                instances.computeIfPresent(id, (i, old) -> new Instance(made, old.executor, null));
            } catch (Exception e) {
                // who does not wait for the constructor learns it from the first method
                instances.computeIfPresent(id, (i, old) -> new Instance(null, old.executor, e));
                throw e;
            }
            return null;
        }
        if (!served.methods().contains(method)) {
            throw new NoSuchMethodException(
                    "method " + method + " of " + name + " is not exposed; exposed are " + served.methods());
        }
        Instance instance = instances.get(id);
        if (instance != null && instance.failure != null) {
            throw instance.failure;
        }
        if (instance == null || instance.object == null) {
            throw new IllegalStateException("the instance was made by a host that has ended: make a new one");
        }
        Object result = Methods.call(instance.object, method, arguments, port);
        String typeId = served.typeIds().get(method);
        return typeId == null ? result : port.share(typeId, result);
    }

    /** Takes over an object that a method has returned, as the instance of an id. */
    public void adopt(long id, Object object) {
        instances.put(id, new Instance(object, served.concurrent() ? executor : new Serial(executor), null));
    }

    private static List<String> description(Throwable t) {
        String message = ThrownText.message(t);
        return List.of(t.getClass().getName(), message == null ? "" : message, ThrownText.trace(t));
    }

    private static void close(@Nullable Object object) {
        if (object instanceof AutoCloseable c) {
            try {
                c.close();
            } catch (Exception e) {
                LOG.warn("an instance failed while it was closed", e);
            }
        }
    }

    /** Runs tasks one after the other. */
    private static final class Serial implements Executor {
        private final Executor executor;
        private final java.util.ArrayDeque<Runnable> tasks = new java.util.ArrayDeque<>();
        private boolean busy;

        Serial(Executor executor) {
            this.executor = executor;
        }

        @Override
        public void execute(Runnable task) {
            synchronized (tasks) {
                tasks.add(task);
                if (busy) {
                    return;
                }
                busy = true;
            }
            executor.execute(this::drain);
        }

        private void drain() {
            while (true) {
                Runnable next;
                synchronized (tasks) {
                    next = tasks.poll();
                    if (next == null) {
                        busy = false;
                        return;
                    }
                }
                next.run();
            }
        }
    }

    /** A result as the content of a shared collection. */
    public static Map<Object, Object> entries(@Nullable Object result) {
        Map<Object, Object> out = new HashMap<>();
        if (result instanceof Map<?, ?> m) {
            m.forEach(out::put);
            return out;
        }
        throw new IllegalStateException("the method was to return a map");
    }

    /** A result as the elements of a shared collection. */
    public static List<?> elements(@Nullable Object result) {
        if (result instanceof Collection<?> c) {
            return List.copyOf(c);
        }
        throw new IllegalStateException("the method was to return a collection");
    }
}
