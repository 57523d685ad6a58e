package io.multiproc.client;

import io.multiproc.client.internal.service.Dispatcher;
import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.ServiceOp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A registered class by its name; see {@link Manager#register}. */
public final class ServiceProxy extends RemoteObject implements AutoCloseable {

    ServiceProxy(ObjectHandle handle) {
        super(handle);
    }

    /** {@return the names of the methods that may be called; empty if nobody serves the class now} */
    public List<String> methods() {
        return ReplyValues.listOf(handle.call(ServiceOp.METHODS), String.class);
    }

    /** Makes this session the host, and begins to run the calls. */
    Dispatcher host(String name, Registration registration, Sharing sharing) {
        handle.call(ServiceOp.HOST, List.copyOf(registration.methods()));
        Dispatcher dispatcher = new Dispatcher(name, registration.served(), new Port(handle, sharing));
        dispatcher.start();
        return dispatcher;
    }

    /** Makes shared objects of results. */
    @FunctionalInterface
    interface Sharing {
        Object share(String typeId, @Nullable Object result);
    }

    private record Port(ObjectHandle handle, Sharing sharing) implements Dispatcher.Port {
        @Override
        public List<?> next() throws InterruptedException {
            return ReplyValues.list(handle.callInterruptibly(ServiceOp.NEXT, ReplyValues.FOREVER));
        }

        @Override
        public void answer(long number, boolean success, @Nullable Object value) {
            handle.call(ServiceOp.ANSWER, number, success, value);
        }

        @Override
        public boolean isOpen() {
            return handle.session().ended() == null;
        }

        @Override
        public @Nullable Object convert(@Nullable Object value, Class<?> type) {
            return InstanceProxy.convert(value, type);
        }

        @Override
        public Object share(String typeId, @Nullable Object result) {
            return sharing.share(typeId, result);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ServiceProxy p && p.handle.equals(handle);
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
