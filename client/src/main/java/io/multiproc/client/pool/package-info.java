/**
 * Pools of worker processes: {@link io.multiproc.client.pool.Pool} and {@link io.multiproc.client.pool.ProcessPoolExecutor}, on the
 * public client API, {@code process}, {@code pipe} and the manager's objects only.
 *
 * <p>How it works. The process that made a pool schedules it (Scheduler). A worker brings an inbox (a queue) and a lock that it owns, and
 * says so in the pool's one queue of events. The scheduler puts tasks into inboxes; results come back as events. All objects are
 * anonymous, so they are freed with the sessions; a pool with a name adds one dict of that name, in which workers of other
 * hosts find the queue of events.
 *
 * <p>A pool without a manager does the same over a pipe for each worker ({@code PipeTransport}): its messages are the inbox, its end is the lock's grant.
 *
 * <ul>
 *   <li>2026-11-30, a pool without a manager has none, where it had one within its process: the server and its Netty took more of a short program than all
 *       else (2.5 s of processor time for a pool of 4, now 1.1 s), and each worker a connection and a handshake.
 *   <li>2026-11-30, a worker gets the end of its pipe as a token's text: an end itself is an object for Kryo, whose start costs 50 ms on each side.
 *   <li>2026-11-30, what becomes of a dead worker's tasks waits for the end of its process, so that errors can tell its exit code.
 *   <li>2026-11-25, the owner gives tasks out, workers do not take them from one queue: so the owner knows at each moment what a dead
 *       worker had, without a record of claims that would cost a round trip for each task.
 *   <li>2026-11-25, a worker's death is the grant of its lock to the scheduler, which the server guarantees however the worker ended. The
 *       grant is put into the queue of events, behind everything the worker said: a result that the server has is never
 *       computed again or declared lost.
 *   <li>2026-11-25, one result for each task: events of a worker that was declared dead are dropped, and its tasks go on from what had been
 *       reported.
 *   <li>2026-11-25, tasks that take long are given out one at a time, short ones in batches of about 5 milliseconds with a second batch
 *       waiting. Should a task of a batch turn out long (50 milliseconds), the worker gives the rest back, so that nothing waits behind it while
 *       another worker is idle, and tasks may wait for one another.
 *   <li>2026-11-25, a task that was with a dead worker runs alone afterwards, so that one that kills its workers takes no
 *       other with it, and only so many times.
 *   <li>2026-11-25, code and values travel as bytes of the checked serialisation, made with the package of the code allowed; proxies
 *       travel beside them, where the manager counts them. A worker makes code from its own classes only, see {@code internal.code}.
 *   <li>2026-11-25, the results of a message are handed over as a list, under one lock: at 10,000 empty tasks, a task has 0.3 microseconds for all
 *       that is done with it on both sides.
 *   <li>2026-11-25, the end of the owner's own lock tells workers that the pool is over, at once; a worker of a killed owner
 *       removes the pool's name.
 * </ul>
 *
 * <p>Nothing here knows the protocol, Kryo or the server.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.pool;
