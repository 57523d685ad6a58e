/**
 * Two connected ends, as Python's {@code multiprocessing.Pipe} and {@code multiprocessing.connection} give them: {@link
 * io.multiproc.client.pipe.Pipe} between processes of this machine or, on a manager, of any, {@link io.multiproc.client.pipe.Listener} and {@link
 * io.multiproc.client.pipe.Client} between any two programs, Python's among them, and {@link io.multiproc.client.pipe.Connections#waitFor} for
 * several at once.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>2026-11-25, frames are CPython's: a 32-bit length, big-endian, or -1 and a 64-bit one. Between Java ends of a pipe values travel
 *       in the envelope of managers, on connections of a Listener or Client as pickles, which are read as data.
 *   <li>2026-11-25, an end that travels is a token: the id of the process that gives it away, and a secret that is good for one use. The receiver connects
 *       to the Unix socket of that process, in the folder that only its user can enter. The JDK can pass no open file to another process.
 *   <li>2026-11-25, both ends start in memory. When one is taken, the other is bound to the taker's socket, directly, with what was in memory going ahead. When an end
 *       is taken that is on a socket already (its other end was given away before, or it came from elsewhere), the process that gives it away relays, as
 *       long as it lives.
 *   <li>2026-11-25, an end belongs to one process at a time: end of stream comes when its process closes it or ends. Python's copies,
 *       which keep a pipe open until each process has closed its own, have no use here.
 *   <li>2026-11-25, channels do not block; waiting is a selector's. A blocking channel would be closed by an interrupt.
 *   <li>2026-11-25, a pipe on a manager is a dict that holds two bounded queues of byte strings and, for each end, who has it ({@code SharedPipe}). A lock
 *       tells that a holder has ended, however it did, behind all that it sent. No message says it, so none can be lost.
 *   <li>2026-11-25, such an end travels as a tuple of a blueprint and the dict, where the manager counts it, and is taken when it is first used, by one
 *       conditional replacement: reading a value calls no manager. An end that was given away and not taken ends with its giver, as a local one.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.pipe;
