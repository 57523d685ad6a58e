/** Tests of the state machines: no socket, no sleep, no thread. */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.state;
