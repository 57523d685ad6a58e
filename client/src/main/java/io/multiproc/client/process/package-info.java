/**
 * Processes of one's own: {@link io.multiproc.client.process.ManagedProcess} starts a JVM with this one's class path that runs a
 * method reference, a lambda or a subclass's {@code run()}, as Python's {@code multiprocessing.Process} does.
 *
 * <p>What a child needs reaches it through its standard input: the code's names, the arguments, a manager's address and key.
 * Nothing of it is on a command line, in the environment or in a file. The same pipe tells a daemon that its parent died, because the
 * operating system closes it, whatever killed the parent. What a child died of comes back over a connection on the loopback address.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>2026-11-25, a JVM of the forkserver's reserve makes a training run while it waits ({@code TrainingRun}): it has loaded and run what reads a bootstrap message, proves a key and
 *       opens a pipe, so a start costs no class loading.
 *   <li>2026-11-26, it makes a training run with a real pipe over a real socket, and links the program's main class and those that targets were written in
 *       before, as Python's forkserver loads its main module: 40 milliseconds from a start to the child's first word became 15. Of the rest,
 *       a third is the parent's, a third the task's, a third the target's own lambda.
 *   <li>2026-11-26, a child is told which provider of selectors its parent found: to find none it would open all jars of its class path, half of a start.
 *   <li>2026-11-30, a class-data archive of the class path ({@code ClassDataArchive}) is written in the background after a program's first start, by a JVM of the lowest
 *       priority that outlives the program ({@code ArchiveWriter}). A JVM takes archives for class paths of jars only (a dynamic archive and an
 *       ahead-of-time cache alike), so the classes of a folder are packed into a jar that takes its place. Its other files stay in the folder, which then stands last:
 *       a program that opens a resource as a file goes on working. If such a file would be found elsewhere then, there is no archive.
 *   <li>2026-11-30, no child runs old code: the class path is listed at each start (33 jars: 3 ms), with the times of files' last changes, which no program can set, and an archive
 *       is one listing's. What changed within the last seconds counts as unsettled, because a second change may have the same time.
 *   <li>2026-11-30, measured on 2 processors, user and system time: a JVM that does nothing takes 37 ms, five of them 190 ms, where CPython's spawn takes 270 ms for a whole program with a
 *       pool of 4. What is left for all code of ours would be 16 ms for each JVM. A pool as cheap as Python's therefore comes from a reserve only.
 *   <li>2026-11-30, a child that ends first closes what its threads wait for in calls of the system: HotSpot waits 300 ms for such threads.
 *   <li>2026-11-25, when a child has ended, the ends of pipes that it was given and never took are closed, so that nobody waits for it.
 *   <li>2026-11-25, the reserve is filled up a moment after a JVM was taken from it: a JVM that starts takes the processor that the taken one needs.
 *   <li>2026-11-25, arguments with proxies travel through the manager as bytes with the proxies beside them ({@code Parcel}): of classes that the process
 *       allows, which the manager's connections need not.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.process;
