/**
 * What a call is: a session at the manager, which encodes arguments, decodes replies and keeps references, and the handles that proxies hold.
 * It stands on {@link io.multiproc.client.internal.connection} and knows no proxy.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.internal.session;
