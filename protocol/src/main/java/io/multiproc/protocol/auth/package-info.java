/**
 * The authkey handshake and the Hello that follows it, pure and in both roles: payloads in, payloads out, no I/O.
 *
 * <p>Decision, 2026-11-30: digests are the JDK's, and HMAC is RFC 2104 on them. Bouncy Castle's jar is signed: each JVM that takes a class of it reads a
 * manifest of a megabyte and checks it, 0.4 s of processor time in each worker of a pool, and no class-data archive takes such classes.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.protocol.auth;
