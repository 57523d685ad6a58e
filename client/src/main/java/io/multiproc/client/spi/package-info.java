/** The interface that the server module implements for the client, found by {@link java.util.ServiceLoader}: the client does not depend on it. */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.spi;
