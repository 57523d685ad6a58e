/**
 * Pickles as pure data: a decoder of protocols 0 to 5, an encoder of protocol 4, and the translation to and from the
 * envelope. Nothing is imported, called or made by name: what a pickle would call stays a description of the call. Knows
 * no I/O.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.protocol.pickle;
