package io.multiproc.client.internal;

import io.multiproc.client.internal.value.ReferenceResolver;
import io.multiproc.protocol.op.ObjectType;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shared objects that this session holds. The server counts every reference it sends; this side counts every one it
 * receives, and gives that many back when the last proxy of the object is closed or found to be garbage. Counting by
 * messages received leaves no window in which the two sides could disagree.
 */
final class References implements ReferenceResolver {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Session session;
    private final Object life;
    private final Map<Long, WeakReference<ObjectHandle>> handles = new HashMap<>();
    private volatile boolean closed;

    /** @param life the session at the server, which the client's may survive */
    References(Session session, Object life) {
        this.session = session;
        this.life = life;
    }

    @Override
    public Object resolve(int typeCode, long id) {
        ObjectType type = ObjectType.coded(typeCode);
        if (type == null) {
            throw new IllegalStateException("the server sent a reference to a type that this client does not know");
        }
        return io.multiproc.client.ProxyFactory.of(handle(type, id));
    }

    private synchronized ObjectHandle handle(ObjectType type, long id) {
        WeakReference<ObjectHandle> known = handles.get(id);
        @Nullable ObjectHandle handle = known == null ? null : known.get();
        if (handle != null && handle.hold().receive()) {
            return handle;
        }
        Hold hold = new Hold(this, id);
        hold.receive();
        ObjectHandle fresh = new ObjectHandle(session, life, type, id, hold);
        WeakReference<ObjectHandle> reference = new WeakReference<>(fresh);
        hold.reference = reference;
        handles.put(id, reference);
        // the collector must never wait for a socket
        CLEANER.register(fresh, () -> Session.onIoThread(life, hold::release));
        return fresh;
    }

    synchronized void close() {
        closed = true;
        handles.clear();
    }

    private synchronized void forget(long id, @Nullable WeakReference<ObjectHandle> reference) {
        handles.remove(id, reference);
    }

    /** How many references to one object have been received and not given back. */
    static final class Hold {
        private final References references;
        private final long id;
        private @Nullable WeakReference<ObjectHandle> reference;
        private long received;
        private boolean released;

        Hold(References references, long id) {
            this.references = references;
            this.id = id;
        }

        /** Counts one more, unless the hold was released. */
        synchronized boolean receive() {
            if (released) {
                return false;
            }
            received++;
            return true;
        }

        /** Gives back all that was received, before whatever this thread sends next. */
        void release() {
            long count;
            synchronized (this) {
                if (released) {
                    return;
                }
                released = true;
                count = received;
            }
            references.forget(id, reference);
            if (!references.closed) {
                references.session.giveBack(references.life, Map.of(id, count));
            }
        }
    }
}
