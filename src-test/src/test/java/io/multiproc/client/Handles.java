package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;

/** Access to what proxies hide: calls that no method of a proxy makes. */
public final class Handles {
    private Handles() {}

    /** The handle of a proxy. */
    public static ObjectHandle of(Proxy proxy) {
        return ProxyFactory.handle(proxy);
    }
}
