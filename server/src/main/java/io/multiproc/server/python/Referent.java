package io.multiproc.server.python;

import io.multiproc.protocol.pickle.Py;

/** The methods of one type of objects, as CPython's server would run them. */
interface Referent {
    /** The result of a method that is exposed: a graph, a {@link MethodCall.Encoded}, or {@link MethodCall#LATER}. */
    Object call(MethodCall call);

    /** {@code repr(obj)}. */
    String repr(MethodCall call);

    /** The object itself as a value; by default it has none. */
    default Object content(MethodCall call) {
        throw PyError.unserializable(
                "Traceback (most recent call last):\nTypeError: cannot pickle '" + typeName() + "' object\n");
    }

    /** The class of the object in messages. */
    String typeName();

    /** None as the result of a method. */
    Object NONE = Py.NONE;
}
