/** Java objects to encoded values and back. Knows the envelope, but no socket and no serialization library. */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.internal.value;
