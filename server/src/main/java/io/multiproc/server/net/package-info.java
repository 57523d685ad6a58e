/**
 * Sockets: listeners, frames, the handshake's deadlines and limits, and the native dialect's messages. The only package
 * that knows Netty. Everything runs on the one event loop thread, which is also the engine's.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.net;
