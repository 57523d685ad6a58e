package io.multiproc.client.internal.value;

/** A proxy: travels as a reference to its shared object, never as contents. */
public interface Referable {
    /** {@return the code of the object's type} */
    int typeCode();

    /** {@return the object's id on the server} */
    long objectId();
}
