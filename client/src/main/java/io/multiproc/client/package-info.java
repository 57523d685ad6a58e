/**
 * The Java client: {@link io.multiproc.client.Manager} and the proxies it hands out. All a user sees is in this package.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client;
