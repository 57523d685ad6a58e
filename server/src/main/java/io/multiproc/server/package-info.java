/** Starting and configuring a manager server. Start reading here; {@code DESIGN.md} says how the parts work together. */
@org.jspecify.annotations.NullMarked
package io.multiproc.server;
