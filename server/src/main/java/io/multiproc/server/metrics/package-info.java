/**
 * Metrics and health over HTTP, for Prometheus and for supervisors that restart dead servers. The only package that knows Micrometer.
 *
 * <p>Nothing here is on the path of a request: the engine counts in plain numbers, and a scrape asks its thread for a copy
 * ({@link io.multiproc.server.net.NetServer#stats}), which {@code Meters} shows to Micrometer as gauges and function counters.
 *
 * <p>There is no authkey on this port: it exposes numbers, no names, keys or values.
 */
@NullMarked
package io.multiproc.server.metrics;

import org.jspecify.annotations.NullMarked;
