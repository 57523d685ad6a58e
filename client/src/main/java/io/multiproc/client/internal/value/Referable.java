package io.multiproc.client.internal.value;

/** A proxy: travels as a reference to its shared object, never as contents. */
public interface Referable {
    /** The code of the object's type. */
    int typeCode();

    /** The object's id on the server. */
    long objectId();
}
