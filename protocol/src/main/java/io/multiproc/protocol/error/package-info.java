/** Errors as stable numbers. */
@org.jspecify.annotations.NullMarked
package io.multiproc.protocol.error;
