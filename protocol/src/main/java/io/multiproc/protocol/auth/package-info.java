/**
 * The authkey handshake and the Hello that follows it, pure and in both roles: payloads in, payloads out, no I/O. Bouncy
 * Castle is known here and nowhere else.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.protocol.auth;
