/** What client and server agree on. Knows neither of them; sub-packages hold the operation table, values, messages and handshake. */
@org.jspecify.annotations.NullMarked
package io.multiproc.protocol;
