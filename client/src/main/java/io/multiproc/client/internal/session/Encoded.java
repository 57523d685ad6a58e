package io.multiproc.client.internal.session;

/**
 * A value as it came over the wire, to be sent back byte by byte: compare-and-set loops must not encode an object of a user
 * class anew, since equal objects need not have equal bytes.
 */
@SuppressWarnings("ArrayRecordComponent")
public record Encoded(byte[] payload, int at) {}
