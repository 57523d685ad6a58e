/**
 * Memory that the processes of one user on one machine share, without a round trip to anybody: {@link
 * io.multiproc.client.memory.SharedMemory} blocks by name, {@link io.multiproc.client.memory.SharedValue} and {@link
 * io.multiproc.client.memory.SharedArray} of CPython's type codes with their {@link io.multiproc.client.memory.SharedLock}, and
 * {@link io.multiproc.client.memory.ShareableList}. All of them may be arguments of processes and items of queues: the other process
 * attaches to the same memory.
 *
 * <p>A block is a mapped file: in {@code /dev/shm}, or where the property {@code multiproc.memory.dir} says. It ends when it is unlinked, or when the last process
 * that attached to it has ended, however it ended. Bytes are in the machine's own order.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>2026-11-25, a lock is a word in the memory that holds its owner's process id in the folder that processes share, changed by compare-and-set, behind a
 *       lock between the threads of a process: 0.1 microseconds where a lock of the file system takes several, and an interrupt cannot close it. Who waits
 *       spins, then sleeps up to a millisecond at a time, and every 50 ms looks whether the owner lives; the lock of a dead owner is taken
 *       over. There is no order among the processes that wait.
 *   <li>2026-11-30, the lock between threads is the library's own ({@code ThreadLock}), because a hold may be closed by another thread than the one that acquired it,
 *       and the JDK's reentrant lock is its thread's alone to release.
 *   <li>2026-11-25, a block is filled with zeros when it is created, so a full file system is an exception then, and not a fault later.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.memory;
