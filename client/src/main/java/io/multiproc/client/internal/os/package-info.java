/**
 * What differs between operating systems, in one place, so that each can be simulated: where files are, which programs there are, and what a system tells of
 * and does to a process. Not API.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>2026-11-30, a running process is asked for in {@code /proc}, and changed by the system's calls through {@code java.lang.foreign} where the JVM has it (22) and
 *       the program has allowed native access; elsewhere by the programs {@code kill}, {@code renice} and {@code taskset}, which take 2 milliseconds. Without that permission a JVM
 *       writes four lines of warning on the program's standard error. JNA would be a megabyte and a half for each user of the client, draws the same
 *       warning, and unpacks a library into the folder for temporary files.
 *   <li>2026-11-30, niceness and affinity are a thread's on Linux. All threads of a running JVM are changed, twice, as one may have been started meanwhile by a
 *       thread that was not changed yet.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.internal.os;
