/** Bytes: the value envelope, the layouts of messages and the limits. Depends on the operation table only for shapes. */
@org.jspecify.annotations.NullMarked
package io.multiproc.protocol.wire;
