package io.multiproc.tests.redteam;

import io.multiproc.protocol.tls.TlsEngine;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.bouncycastle.tls.TlsProtocol;

/** Renewals of keys that no program of ours asks for: the library does so by itself after millions of records. */
final class KeyUpdates {
    private static final Method SEND = send();
    private static final Field PROTOCOL = protocol();

    private KeyUpdates() {}

    private static Method send() {
        try {
            Method m = TlsProtocol.class.getDeclaredMethod("send13KeyUpdate", boolean.class);
            m.setAccessible(true);
            return m;
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    private static Field protocol() {
        try {
            Field f = TlsEngine.class.getDeclaredField("protocol");
            f.setAccessible(true);
            return f;
        } catch (NoSuchFieldException e) {
            throw new AssertionError(e);
        }
    }

    /** Renews this end's key and asks the other end to do the same. */
    static void ask(TlsEngine engine) {
        try {
            Object unused = SEND.invoke(PROTOCOL.get(engine), true);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the library has changed", e);
        }
    }
}
