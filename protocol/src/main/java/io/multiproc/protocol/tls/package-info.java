/**
 * TLS 1.3 by the authkey alone, or by certificates: records in, plain bytes out, and the other way round, in both roles and without I/O. The authkey's derived secret is an external
 * pre-shared key, with a Diffie-Hellman exchange beside it (psk_dhe_ke), so what was recorded cannot be read by whoever learns the key later. Bouncy Castle
 * is known here and nowhere else.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>2026-11-30, Bouncy Castle, as no JDK has external pre-shared keys; its records are encrypted by the JDK's AES (JCA), which is twenty times
 *       as fast as its own. X25519 is its own, which takes a quarter of the time of the JDK's: a handshake of both sides takes 0.7 ms of a processor instead of 1.4.
 *   <li>2026-11-30, TLS proves that both ends know the authkey, and the handshake within it proves it again, bound to this connection by
 *       {@link io.multiproc.protocol.tls.TlsEngine#binding}: a key that several share must not let one of them pass on another's session.
 *   <li>2026-11-30, the identity that a client sends in the clear follows from the key by HKDF: it tells two keys apart, and tells nothing else. Keys of less than 16 bytes are
 *       stretched by Argon2id first, or whoever sees an identity could try out keys quickly.
 *   <li>2026-11-30, certificates by the same library and not by JSSE: JDK 17 exports no keying material, and there is one binding on every JDK. Paths are
 *       checked by the Java runtime.
 * </ul>
 */
@NullMarked
package io.multiproc.protocol.tls;

import org.jspecify.annotations.NullMarked;
