package io.multiproc.client;

import io.multiproc.client.internal.service.Methods;
import io.multiproc.client.internal.service.ServedClass;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The description of a class that is registered: how instances are made, which methods may be called, what becomes of results.
 * Immutable: each {@code with…} method returns a changed one.
 */
public final class Registration {
    /** Makes an instance from the arguments of {@code manager.create}. */
    @FunctionalInterface
    public interface Factory {
        /**
         * {@return a new object; what it throws is what {@code create} throws as the cause}
         *
         * @param arguments the arguments
         * @throws Exception whatever it throws
         */
        Object make(List<@Nullable Object> arguments) throws Exception;
    }

    private final Factory factory;
    private final Set<String> methods;
    private final Map<String, String> typeIds;
    private final boolean concurrent;

    private Registration(Factory factory, Set<String> methods, Map<String, String> typeIds, boolean concurrent) {
        this.factory = factory;
        this.methods = methods;
        this.typeIds = typeIds;
        this.concurrent = concurrent;
    }

    /**
     * A class whose public constructors make instances, and whose public methods may be called: those of the interface if one
     * is given, else all that are not {@link Object}'s.
     *
     * @param api an interface or class whose methods may be called
     * @param type the class that is instantiated
     * @return the registration
     * @throws IllegalArgumentException if the class is abstract, has no public constructor, or does not implement the interface
     */
    public static Registration of(Class<?> api, Class<?> type) {
        if (!api.isAssignableFrom(type)) {
            throw new IllegalArgumentException(type.getName() + " does not implement " + api.getName());
        }
        if (java.lang.reflect.Modifier.isAbstract(type.getModifiers()) || type.getConstructors().length == 0) {
            throw new IllegalArgumentException(type.getName() + " has no public constructor, or is abstract");
        }
        return of(api, arguments -> Methods.construct(type, arguments, InstanceProxy::convert));
    }

    /**
     * Instances are made by a factory, and the methods of the interface or class may be called.
     *
     * @param api an interface or class whose methods may be called
     * @param factory makes the instances
     * @return the registration
     */
    public static Registration of(Class<?> api, Factory factory) {
        Set<String> names = Arrays.stream(api.getMethods())
                .filter(m -> m.getDeclaringClass() != Object.class)
                .filter(m -> !java.lang.reflect.Modifier.isStatic(m.getModifiers()))
                .map(java.lang.reflect.Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        return new Registration(factory, names, Map.of(), false);
    }

    /**
     * One object that all instances are, made when it is first asked for: the documents' {@code get_queue} pattern.
     *
     * @param api an interface or class whose methods may be called
     * @param object gives the one object
     * @return the registration
     */
    public static Registration shared(Class<?> api, Supplier<?> object) {
        Object[] made = new Object[1];
        return of(api, arguments -> {
            synchronized (made) {
                if (made[0] == null) {
                    made[0] = object.get();
                }
                return made[0];
            }
        });
    }

    /**
     * Exposes these methods and no others: Python's {@code exposed}.
     *
     * @param names the names
     * @return the changed registration
     */
    public Registration withMethods(String... names) {
        return new Registration(factory, new TreeSet<>(List.of(names)), typeIds, concurrent);
    }

    /**
     * {@return the result of a method becomes a shared object of a type, and the caller gets its proxy: Python's {@code method_to_typeid}}
     *
     * @param method the name of the method
     * @param typeId {@code "dict"}, {@code "list"}, {@code "set"} or the name of a registered class
     */
    public Registration withResult(String method, String typeId) {
        Map<String, String> more = new HashMap<>(typeIds);
        more.put(method, typeId);
        return new Registration(factory, methods, more, concurrent);
    }

    /**
     * Calls of one instance may run at the same time; without this they run one after the other, in order of arrival.
     *
     * @return the changed registration
     */
    public Registration withConcurrentCalls() {
        return new Registration(factory, methods, typeIds, true);
    }

    /** As its host serves it. */
    ServedClass served() {
        return new ServedClass(factory::make, methods, typeIds, concurrent);
    }

    /** {@return the names of the methods that may be called} */
    public Set<String> methods() {
        return methods;
    }

    /**
     * {@return what the result of a method becomes, or null for a plain value}
     *
     * @param method the name of the method
     */
    public @Nullable String typeId(String method) {
        return typeIds.get(method);
    }

    /** {@return whether calls of one instance may run at the same time} */
    public boolean isConcurrent() {
        return concurrent;
    }
}
