package io.multiproc.client;

import io.multiproc.client.internal.service.Dispatcher;
import io.multiproc.client.internal.service.Methods;
import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.client.internal.value.Conversions;
import io.multiproc.client.internal.value.Referable;
import io.multiproc.protocol.op.InstanceOp;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * An instance of a registered class, called by the names of its methods. {@link #as} gives a face with an interface.
 *
 * <p>A call is one round trip for the caller and runs in the process that registered the class; the calls of one instance run one
 * after the other unless it was registered otherwise. Arguments and results are what a dict can store, proxies among them, which
 * are live at the other end. What a method throws arrives as an exception of the same class if that is an unchecked one of the
 * {@code java.} packages with a message, its cause a {@link RemoteCallException}; otherwise as that.
 *
 * <p>{@link IllegalStateException}: nobody serves the class now, or the process that does ended before it answered, and the method
 * may have run or not. After a {@link ConnectionLostException} or {@link SessionExpiredException} that is unknown too, as {@link Proxy} says. When its last holder lets go of an instance
 * the host forgets it, and closes it if it is {@link AutoCloseable}.
 */
public final class InstanceProxy extends RemoteObject implements AutoCloseable {

    InstanceProxy(ObjectHandle handle) {
        super(handle);
    }

    void construct(@Nullable Object[] arguments) {
        var unused = call(Dispatcher.CONSTRUCT, arguments);
    }

    /** {@return the registered class that this is an instance of} One round trip. */
    public ServiceProxy service() {
        return (ServiceProxy) Objects.requireNonNull(handle.call(InstanceOp.SERVICE));
    }

    /**
     * Calls a method and waits for its result. An interrupt is kept for later.
     *
     * @param method the name of the method
     * @param arguments the arguments
     * @return the result
     */
    public @Nullable Object call(String method, @Nullable Object... arguments) {
        return result(handle.call(InstanceOp.CALL, method, Arrays.asList(arguments), ReplyValues.FOREVER));
    }

    /**
     * Calls a method and waits for its result, up to a time.
     *
     * @param time how long, at most
     * @param method the name of the method
     * @param arguments the arguments
     * @return the result
     * @throws java.util.concurrent.CancellationException if it has not returned in time; it may go on
     * @throws InterruptedException if this thread is interrupted; the method may go on
     */
    public @Nullable Object call(Duration time, String method, @Nullable Object... arguments)
            throws InterruptedException {
        return result(
                handle.callInterruptibly(InstanceOp.CALL, method, Arrays.asList(arguments), ReplyValues.millis(time)));
    }

    /**
     * Calls a method without waiting. Cancelling the future ends the wait; the method may go on.
     *
     * @param method the name of the method
     * @param arguments the arguments
     * @return a future of the result
     */
    public CompletableFuture<@Nullable Object> callAsync(String method, @Nullable Object... arguments) {
        return handle.callAsync(
                InstanceProxy::result, InstanceOp.CALL, method, Arrays.asList(arguments), ReplyValues.FOREVER);
    }

    private static @Nullable Object result(@Nullable Object reply) {
        List<?> pair = ReplyValues.list(reply);
        if (ReplyValues.bool(pair.get(0))) {
            return pair.get(1);
        }
        List<?> thrown = ReplyValues.list(pair.get(1));
        throw exception(String.valueOf(thrown.get(0)), String.valueOf(thrown.get(1)), String.valueOf(thrown.get(2)));
    }

    private static RuntimeException exception(String type, String message, String trace) {
        RemoteCallException remote = new RemoteCallException(type, message, trace);
        if (!type.startsWith("java.")) {
            return remote;
        }
        try {
            Class<?> c = Class.forName(type, false, null);
            if (RuntimeException.class.isAssignableFrom(c)) {
                Constructor<?> constructor = c.getConstructor(String.class);
                RuntimeException e = (RuntimeException) constructor.newInstance(message);
                e.initCause(remote);
                return e;
            }
        } catch (ReflectiveOperationException | IllegalStateException e) {
            return remote;
        }
        return remote;
    }

    /**
     * {@return a face of the instance: an object that implements the interface, {@link Proxy} and {@link AutoCloseable}} A method that returns a {@link
     * CompletionStage}, {@link CompletableFuture} or {@link Future} does not wait. Default methods run here. Results are converted to the
     * return types as elements of collections are; an instance becomes a face where an interface is wanted.
     *
     * @param <T> the interface's type
     * @param api the interface
     */
    public <T> T as(Class<T> api) {
        return api.cast(java.lang.reflect.Proxy.newProxyInstance(
                api.getClassLoader() == null ? InstanceProxy.class.getClassLoader() : api.getClassLoader(),
                new Class<?>[] {api, Proxy.class, AutoCloseable.class, Referable.class},
                new Face()));
    }

    /**
     * A value as a parameter or result of a type: an instance gets a face where an interface is wanted.
     *
     * @throws ClassCastException if the value is of another kind
     * @throws ArithmeticException if it is a number that the type cannot hold exactly
     */
    static @Nullable Object convert(@Nullable Object value, Class<?> type) {
        return value instanceof InstanceProxy instance && type.isInterface() && !type.isInstance(value)
                ? instance.as(type)
                : Conversions.convert(value, Methods.boxed(type));
    }

    /** The methods of a face. */
    final class Face implements InvocationHandler {
        ObjectHandle handle() {
            return handle;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            if (method.getDeclaringClass() == Object.class) {
                return switch (method.getName()) {
                    case "equals" -> arguments != null
                            && arguments[0] instanceof Proxy p
                            && ProxyFactory.handle(p).equals(handle);
                    case "hashCode" -> handle.hashCode();
                    default -> handle.toString();
                };
            }
            if (method.getDeclaringClass().isAssignableFrom(SharedObject.class)
                    || method.getDeclaringClass() == AutoCloseable.class) {
                return method.invoke(InstanceProxy.this, arguments);
            }
            if (method.isDefault()) {
                return InvocationHandler.invokeDefault(proxy, method, arguments);
            }
            List<@Nullable Object> list = flat(method, arguments);
            Class<?> returned = method.getReturnType();
            if (CompletionStage.class.isAssignableFrom(returned) || returned == Future.class) {
                Class<?> later = Methods.laterResult(method);
                return handle.callAsync(
                        reply -> convert(result(reply), later),
                        InstanceOp.CALL,
                        method.getName(),
                        list,
                        ReplyValues.FOREVER);
            }
            try {
                Object result = call(method.getName(), list.toArray());
                return returned == void.class ? null : convert(result, returned);
            } catch (CompletionException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }

        /** The elements of a variable argument list one by one. */
        private static List<@Nullable Object> flat(Method method, @Nullable Object @Nullable [] arguments) {
            List<@Nullable Object> out = new ArrayList<>(Arrays.asList(arguments == null ? new Object[0] : arguments));
            if (method.isVarArgs()) {
                Object last = out.remove(out.size() - 1);
                for (int i = 0; last != null && i < java.lang.reflect.Array.getLength(last); i++) {
                    out.add(java.lang.reflect.Array.get(last, i));
                }
            }
            return out;
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Proxy p && ProxyFactory.handle(p).equals(handle);
    }

    @Override
    public int hashCode() {
        return handle.hashCode();
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
