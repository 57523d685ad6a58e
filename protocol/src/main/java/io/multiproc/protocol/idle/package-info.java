/** Policies for a thread that waits for its peer: when to busy-poll before it sleeps. Used by client and server alike. */
@org.jspecify.annotations.NullMarked
package io.multiproc.protocol.idle;
