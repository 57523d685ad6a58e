package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import java.lang.reflect.InvocationHandler;

/** Makes the proxies of handles whose element types are not known, and knows the handles of proxies. */
final class ProxyFactory {
    private ProxyFactory() {}

    /** The untyped proxy of an object. */
    static Proxy of(ObjectHandle handle) {
        return switch (handle.type()) {
            case DICT -> new DictProxy<>(handle, Object.class, Object.class);
            case LIST -> new ListProxy<>(handle, Object.class);
            case NAMESPACE -> new NamespaceProxy(handle);
            case QUEUE -> new QueueProxy<>(handle, Object.class);
            case JOINABLE_QUEUE -> new JoinableQueueProxy<>(handle, Object.class);
            case SIMPLE_QUEUE -> new SimpleQueueProxy<>(handle, Object.class);
            case LOCK, RLOCK -> new LockProxy(handle);
            case VALUE -> new ValueProxy<>(handle, Object.class);
            case ARRAY -> new ArrayProxy<>(handle, Object.class);
            case SET -> new SetProxy<>(handle, Object.class);
            case COUNTER -> new CounterProxy(handle);
            case PRIORITY_QUEUE -> new PriorityQueueProxy<>(handle, Object.class);
            case ITERATOR -> new IteratorProxy<>(handle, Object.class);
            case EVENT -> new EventProxy(handle);
            case CONDITION -> new ConditionProxy(handle);
            case SEMAPHORE, BOUNDED_SEMAPHORE -> new SemaphoreProxy(handle);
            case BARRIER -> new BarrierProxy(handle);
            case COUNT_DOWN_LATCH -> new CountDownLatchProxy(handle);
            case READ_WRITE_LOCK -> new ReadWriteLockProxy(handle);
            case SERVICE -> new ServiceProxy(handle);
            case INSTANCE -> new InstanceProxy(handle);
        };
    }

    /**
     * The handle of a proxy.
     *
     * @throws IllegalArgumentException if it is no proxy of this library
     */
    static ObjectHandle handle(Proxy proxy) {
        if (proxy instanceof RemoteObject o) {
            return o.handle;
        }
        if (proxy instanceof DictProxy<?, ?> d) {
            return d.handle;
        }
        if (proxy instanceof ListProxy<?> l) {
            return l.handle;
        }
        if (proxy instanceof QueueProxy<?> q) {
            return q.handle;
        }
        if (proxy instanceof SetProxy<?> s) {
            return s.handle;
        }
        if (java.lang.reflect.Proxy.isProxyClass(proxy.getClass())) {
            InvocationHandler face = java.lang.reflect.Proxy.getInvocationHandler(proxy);
            if (face instanceof InstanceProxy.Face f) {
                return f.handle();
            }
        }
        throw new IllegalArgumentException(
                "a proxy comes from a manager, which no " + proxy.getClass().getName() + " does");
    }
}
