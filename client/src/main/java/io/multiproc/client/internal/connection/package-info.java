/**
 * How a session's bytes travel: connecting, requests and replies over one wire after the other, heartbeats, reconnecting. It knows requests
 * as encoded frames, and neither values nor proxies. {@link io.multiproc.client.internal.session} is the floor above.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.internal.connection;
