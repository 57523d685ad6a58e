/**
 * The lower floor of the client: how a session's bytes travel. {@link io.multiproc.client.internal.session} is the floor above.
 *
 * <p>It knows requests as encoded frames, and neither values nor proxies. From the bottom up: a {@code Transport} moves bytes, a {@code Wire} cuts
 * them into frames, a {@code Connector} opens and authenticates one. A {@code Connection} keeps its session over one wire after the other. Each of its
 * parts owns its state: {@code Lifecycle} (the wire, the end), {@code Heartbeat} (times and pings), {@code PendingCalls} (calls that await
 * replies), {@code RequestWriter} with {@code Outgoing} and {@code Receipts} (what is sent), {@code ReplyReader} (what comes), {@code LockHandoff} (locks that
 * pass within the process), {@code OutageCalls} and {@code Reconnector} (while it is cut), and the {@code IoLoop} that the {@code IoThread} runs. One lock,
 * the connection's, guards them.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.internal.connection;
