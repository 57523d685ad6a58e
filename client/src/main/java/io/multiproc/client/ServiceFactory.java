package io.multiproc.client;

import io.multiproc.client.internal.service.Dispatcher;
import io.multiproc.protocol.op.ObjectType;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The part of a {@link Manager} that registers classes, and makes and finds their instances. */
abstract class ServiceFactory extends SynchronizerFactory {
    private final Map<String, Dispatcher> hosted = new ConcurrentHashMap<>();

    ServiceFactory() {}

    /**
     * Registers a class under a name: from now on every process can make instances of it, which live here, in this process, and
     * whose public methods, or those of the interface, run here. Python's {@code register('Math', MathClass)}. Two round trips.
     * The registration ends with this manager.
     *
     * @param name the name of the class
     * @param api the interface that the result implements
     * @param type the class that is instantiated
     * @throws IllegalStateException if another process has registered the name
     * @throws WrongTypeException if the name belongs to an object of another type
     * @throws IllegalArgumentException if the class cannot be instantiated or does not implement the interface
     */
    public void register(String name, Class<?> api, Class<?> type) {
        register(name, Registration.of(api, type));
    }

    /**
     * As {@link #register(String, Class, Class)}, with all public methods of the class.
     *
     * @param name the name of the class
     * @param type the class that is instantiated
     */
    public void register(String name, Class<?> type) {
        register(name, Registration.of(type, type));
    }

    /**
     * As {@link #register(String, Class, Class)}, with more to say about it.
     *
     * @param name the name of the class
     * @param registration the description of the class
     */
    public void register(String name, Registration registration) {
        if (hosted.containsKey(name)) {
            throw new IllegalStateException("'" + name + "' is registered by this manager already");
        }
        hosted.put(name, service(name).host(name, registration, this::share));
    }

    private Object share(String typeId, @Nullable Object result) {
        return switch (typeId) {
            case "dict" -> dict(Dispatcher.entries(result));
            case "list" -> list(Dispatcher.elements(result));
            case "set" -> set(Dispatcher.elements(result));
            default -> adopt(typeId, Objects.requireNonNull(result, "the method returned null"));
        };
    }

    private InstanceProxy adopt(String name, Object object) {
        Dispatcher dispatcher = hosted.get(name);
        if (dispatcher == null) {
            throw new IllegalStateException(
                    "a result cannot become a '" + name + "': that is no dict, list or set, and not registered here");
        }
        InstanceProxy made = new InstanceProxy(create(ObjectType.INSTANCE, service(name)));
        dispatcher.adopt(made.objectId(), object);
        return made;
    }

    /**
     * {@return the registered class with this name} One round trip.
     *
     * @param name the name of the class
     */
    public ServiceProxy service(String name) {
        return new ServiceProxy(open(ObjectType.SERVICE, name));
    }

    /**
     * Makes an instance of a registered class and returns a face of it; see {@link InstanceProxy#as}. Three round trips.
     *
     * @param <T> the interface's type
     * @param name the name of the class
     * @param api the interface that the result implements
     * @param arguments of the constructor
     * @return a face of it; see {@link InstanceProxy#as}
     * @throws IllegalStateException if nobody serves the class
     * @throws RemoteCallException if the constructor throws; see {@link InstanceProxy}
     */
    public <T> T create(String name, Class<T> api, @Nullable Object... arguments) {
        return createInstance(name, arguments).as(api);
    }

    /**
     * As {@link #create}, to be called by the names of its methods.
     *
     * @param name the name of the class
     * @param arguments the arguments
     * @return its proxy
     */
    public InstanceProxy createInstance(String name, @Nullable Object... arguments) {
        InstanceProxy made = new InstanceProxy(create(ObjectType.INSTANCE, service(name)));
        made.construct(arguments);
        return made;
    }

    /**
     * {@return the instance with this name, made with the arguments if absent: the same one for everybody} Three round trips.
     *
     * @param <T> the interface's type
     * @param objectName the name of the instance
     * @param name the name of the class
     * @param api the interface that the result implements
     * @param arguments the arguments
     */
    public <T> T createNamed(String objectName, String name, Class<T> api, @Nullable Object... arguments) {
        InstanceProxy found = new InstanceProxy(open(ObjectType.INSTANCE, objectName, service(name)));
        found.construct(arguments);
        return found.as(api);
    }
}
