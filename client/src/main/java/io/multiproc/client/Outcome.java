package io.multiproc.client;

/** The knowledge that a client has of an operation that ended with an exception. */
public enum Outcome {
    /** The operation changed nothing. */
    NOT_APPLIED,
    /** The operation took effect, but its result is lost. */
    APPLIED,
    /** The operation may or may not have taken effect: its answer never came. */
    UNKNOWN
}
