package io.multiproc.client.internal.session;

import io.multiproc.client.internal.value.ReferenceResolver;
import io.multiproc.protocol.op.ObjectType;
import java.lang.ref.Cleaner;
import java.lang.ref.Cleaner.Cleanable;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shared objects that this session holds. The server counts every reference it sends; this side counts every one it
 * receives, and gives that many back when the last proxy of the object is closed or found to be garbage. Counting by
 * messages received leaves no window in which the two sides could disagree.
 */
final class HeldReferences implements ReferenceResolver {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Session session;
    private final Object life;
    private final Map<Long, Hold> holds = new HashMap<>();
    private volatile boolean closed;

    /** @param life the session at the server, which the client's may survive */
    HeldReferences(Session session, Object life) {
        this.session = session;
        this.life = life;
    }

    @Override
    public Object resolve(int typeCode, long id) {
        return session.proxy(handle(typeCode, id));
    }

    /** The handle of an object, to which this session holds one more reference from now on. */
    ObjectHandle handle(int typeCode, long id) {
        ObjectType type = ObjectType.coded(typeCode);
        if (type == null) {
            throw new IllegalStateException("the server sent a reference to a type that this client does not know");
        }
        return handle(type, id);
    }

    private synchronized ObjectHandle handle(ObjectType type, long id) {
        Hold known = holds.get(id);
        @Nullable ObjectHandle handle = known == null ? null : known.handle.get();
        if (handle != null && handle.hold().receive()) {
            return handle;
        }
        Hold hold = new Hold(this, id);
        hold.receive();
        ObjectHandle fresh = new ObjectHandle(session, life, type, id, hold);
        hold.handle = new WeakReference<>(fresh);
        holds.put(id, hold);
        hold.cleanable = CLEANER.register(fresh, hold::handleIsGarbage);
        return fresh;
    }

    /** The server gives up all that the session holds by itself. What the collector would have to look at is forgotten, too. */
    void close() {
        List<Hold> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(holds.values());
            holds.clear();
        }
        left.forEach(Hold::forgetHandle);
    }

    private synchronized void forget(long id, Hold hold) {
        holds.remove(id, hold);
    }

    /** Count of the references to one object that have been received and not given back. */
    static final class Hold {
        private final HeldReferences references;
        private final long id;
        private WeakReference<ObjectHandle> handle = new WeakReference<>(null);
        private @Nullable Cleanable cleanable;
        private long received;
        private volatile boolean released;

        Hold(HeldReferences references, long id) {
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

        private void handleIsGarbage() {
            if (!released && !references.closed) {
                // the collector must never wait for a socket
                Session.onIoThread(references.life, this::release);
            }
        }

        private void forgetHandle() {
            Cleanable c = cleanable;
            if (c != null) {
                c.clean();
            }
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
            references.forget(id, this);
            forgetHandle();
            if (!references.closed) {
                references.session.giveBack(references.life, Map.of(id, count));
            }
        }
    }
}
