/** Tests of the bytes that entries become. */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.machine;
