package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.value.Referable;

/**
 * A live reference to an object on the manager. Proxies are thread-safe, may be stored in other shared objects and sent
 * through queues, and arrive there as proxies of the same object; they carry no address and no key.
 *
 * <p>An anonymous object lives as long as some session holds it or some other shared object contains it; a cycle of
 * anonymous objects is freed only with the manager. A named object lives until it is deleted.
 */
public interface Proxy extends Referable, AutoCloseable {
    /** The library's own handle; not for use by programs. */
    ObjectHandle handle();

    @Override
    default int typeCode() {
        return handle().type().code();
    }

    @Override
    default long objectId() {
        return handle().id();
    }

    /** The type's name as the manager spells it: {@code "dict"}, {@code "list"} … */
    default String typeId() {
        return handle().type().wireName();
    }

    /**
     * Lets go of the object now, instead of when the garbage collector finds its last proxy in this process. All proxies of
     * the object in this process share the hold. Does not block; a second call does nothing. A named object stays.
     */
    @Override
    default void close() {
        handle().release();
    }
}
