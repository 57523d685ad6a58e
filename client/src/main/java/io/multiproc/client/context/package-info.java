/**
 * Start methods with what programs share: {@link io.multiproc.client.context.Context}, Python's {@code multiprocessing.get_context}, whose queues, locks and events need
 * no manager that the program names.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>2026-11-30, locks, values and arrays are in shared memory, as CPython's: 0.1 microseconds instead of a round trip, and the lock of a dead owner goes to
 *       the next. Queues, events, semaphores, conditions and barriers are on a manager in this process: its waiters are served in order, and what a
 *       dead process held or waited for is released, which words in shared memory cannot do.
 *   <li>2026-11-30, all contexts of a program share one such manager, started at the first use: arguments of a process must have their proxies on one manager. A child uses
 *       the one that came with its arguments, so that it shares with its parent.
 *   <li>2026-11-30, the manager listens on a Unix socket in a folder of its user, or on the loopback address where the system has none, with a random key.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.context;
