/**
 * The comparison with what people use today: each product's server in a process of its own, its best Java clients in worker
 * processes, the same loops for all of them, interleaved in one run.
 *
 * <p>{@link io.multiproc.peers.Comparison} plans the run, starts the servers ({@link io.multiproc.peers.Servers}) and tells the
 * workers ({@link io.multiproc.peers.Worker}) by lines what to measure; a worker drives one {@link io.multiproc.peers.Client}
 * through the loops of {@link io.multiproc.peers.Workloads}. CPython's worker is a script that speaks the same lines.
 * {@link io.multiproc.peers.Curves} drives the same workers along sizes ({@link io.multiproc.peers.Sizes}).
 *
 * <p>2026-11-25: two runs are compared by ratios between products ({@link io.multiproc.peers.Against}), never by times.
 */
@NullMarked
package io.multiproc.peers;

import org.jspecify.annotations.NullMarked;
