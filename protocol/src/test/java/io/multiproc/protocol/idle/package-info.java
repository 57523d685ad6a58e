@org.jspecify.annotations.NullMarked
package io.multiproc.protocol.idle;
