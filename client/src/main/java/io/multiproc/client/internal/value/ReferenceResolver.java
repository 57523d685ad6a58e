package io.multiproc.client.internal.value;

/** Makes the proxy for a reference that was read. */
@FunctionalInterface
public interface ReferenceResolver {
    /** The proxy of an object; the caller holds one more reference to it from now on. */
    Object resolve(int typeCode, long objectId);
}
