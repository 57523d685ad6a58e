/**
 * What the processes of one user on one machine share, without a server: a folder with a file for each live process and each
 * block of memory. Not API.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>2026-11-25, the folder is {@code multiproc-<uid>} (mode 0700) in {@code /dev/shm}, where there is none in the folder for temporary files, or in
 *       the folder that the property {@code multiproc.memory.dir} names. A block's bytes are the file {@code NAME} beside the folder, as CPython's are, so Python
 *       programs attach to it by name; its marker {@code m-NAME} is in the folder.
 *   <li>2026-11-25, who lives is told by locks, because the system releases them however a process ends, and they hold across PID
 *       namespaces. A process has {@code p-ID} locked. Who has attached to a block holds byte 0 of its marker, shared; byte 1 is the gate: held while
 *       a block is created, attached, unlinked or swept, so that none of these meet.
 *   <li>2026-11-25, POSIX locks of a file end when the process closes any descriptor of that file. So all that opens these files does so
 *       under one monitor, and nothing opens a file that this process holds.
 *   <li>2026-11-25, the sweep removes what no live process holds. A process sweeps when it comes, and when it ends. After a SIGKILL its watcher does:
 *       a shell that waits for the end of a pipe from its process, and then becomes a JVM that sweeps. It costs a megabyte, and starts
 *       200 ms after its process, so that short-lived children need none; these are swept after by their parents. Without
 *       a shell the next process sweeps.
 *   <li>2026-11-30, what a system does not remove while it is in use, as Windows does not with mapped files, the sweep after the last process removes:
 *       the name of a block that was unlinked stays taken until then.
 *   <li>2026-11-25, a block stays until it is unlinked or the last process that ever attached ended: closing it does not count, as
 *       another process may be on its way to it.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.internal.local;
