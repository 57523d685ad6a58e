/**
 * The machinery behind the proxies: one connection per manager, shared by all threads. Not API: anything here may change.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.internal;
