/**
 * Processes of one's own: {@link io.multiproc.client.process.ManagedProcess} starts a JVM with this one's class path that runs a
 * method reference, a lambda or a subclass's {@code run()}, as Python's {@code multiprocessing.Process} does.
 *
 * <p>What a child needs reaches it through its standard input: the code's names, the arguments, a manager's address and key.
 * Nothing of it is on a command line, in the environment or in a file. The same pipe tells a daemon that its parent died, because the
 * operating system closes it, whatever killed the parent. What a child died of comes back over a connection on the loopback address.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.process;
