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
 *   <li>2026-11-30, a JVM that refuses its options says so on the child's output, which is the user's. So a child that ended with the code of a refusal and without a report is
 *       followed by a second JVM with the same options and {@code -version}, whose output is read (50 ms, only then). Checking before each start would cost as much each time.
 *   <li>2026-11-30, the port of a debugger is chosen by the parent, which so knows it while the child still waits for the debugger; {@code address=0} would be told on the
 *       child's output only.
 *   <li>2026-11-30, each child records into a folder beside the profile, and its chunks are appended when it has ended. Flight Recorder writes whole chunks as it goes, so a killed child's
 *       recording lacks the last second only.
 *   <li>2026-11-30, an interrupt travels over standard input, not as SIGINT: it needs no system's call, reaches the target's thread whatever the JVM does with
 *       signals, and leaves a terminal's Ctrl-C what it was.
 *   <li>2026-11-30, what a child waits for is read from its target's stack when somebody asks: notes in each call would cost all programs for what few ask.
 *   <li>2026-11-30, several arguments are typed functional interfaces up to eight, whose {@code args} makes the process; the arity of a method reference chooses the
 *       overload of {@code of}. Arguments by name are a {@code Map} or a record of the program: a JVM has parameters' names only if the program was compiled to have them.
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
 *       pool of 4. What is left for all code of ours would be 16 ms for each JVM. A pool as cheap as Python's therefore comes from a reserve only. A program of five JVMs that only start, square numbers from a pipe and end, with an archive of
 *       its own and nothing of ours, takes 250 ms where spawn's whole pool takes 320 to 360.
 *   <li>2026-11-30, so the reserve is what a program gets without asking ({@code RecentStarts}): one that starts processes in a second burst has as many waiting as its largest burst
 *       started. The first burst pays nothing for it, and a program that has started nothing for ten seconds holds none. These JVMs load classes only, without the
 *       repetitions that make compiled code: a JVM that may not be needed should not cost half a second.
 *   <li>2026-11-30, a child that ends first closes what its threads wait for in calls of the system: HotSpot waits 300 ms for such threads.
 *   <li>2026-11-30, a program that the JDK runs from its source file is compiled once more for its children, into a folder of the user's cache that only this user
 *       writes ({@code SourceProgram}). They cannot be given the classes themselves: code travels by name, never as bytes.
 *   <li>2026-11-25, when a child has ended, the ends of pipes that it was given and never took are closed, so that nobody waits for it.
 *   <li>2026-11-25, the reserve is filled up a moment after a JVM was taken from it: a JVM that starts takes the processor that the taken one needs.
 *   <li>2026-11-25, arguments with proxies travel through the manager as bytes with the proxies beside them ({@code Parcel}): of classes that the process
 *       allows, which the manager's connections need not.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.process;
