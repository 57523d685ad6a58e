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
 *   <li>2026-11-25, a class-data archive of the class path ({@code ClassDataArchive}) is written in the background at a program's first start, into the user's
 *       cache folder, and makes later children start faster. A shell gives the written file its name or deletes it, also if the program is killed meanwhile. A JVM takes archives for class paths of jar files only.
 *   <li>2026-11-25, when a child has ended, the ends of pipes that it was given and never took are closed, so that nobody waits for it.
 *   <li>2026-11-25, the reserve is filled up a moment after a JVM was taken from it: a JVM that starts takes the processor that the taken one needs.
 *   <li>2026-11-25, arguments with proxies travel through the manager as bytes with the proxies beside them ({@code Parcel}): of classes that the process
 *       allows, which the manager's connections need not.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.process;
