package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;

/** A proxy that extends no other class: the base of all proxies but those of collections. */
abstract class RemoteObject implements SharedObject {
    final ObjectHandle handle;

    RemoteObject(ObjectHandle handle) {
        this.handle = handle;
    }

    @Override
    public final int typeCode() {
        return handle.type().code();
    }

    @Override
    public final long objectId() {
        return handle.id();
    }

    @Override
    public final String typeId() {
        return handle.type().wireName();
    }

    @Override
    public final void close() {
        handle.release();
    }
}
