/** The classes of other packages that travel as handles: the one place that knows both them and the serialisation. */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.internal.handle;
