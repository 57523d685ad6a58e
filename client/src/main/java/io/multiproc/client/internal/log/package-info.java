/**
 * The log of processes, as every package of the client writes to it. Not API.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>2026-11-30, the log is as silent as Python's until a program asks for it: it begins at {@code WARNING}, and does not hand its lines to the
 *       handlers of {@code java.util.logging}'s root. Until then {@code java.util.logging} is not even loaded, as it would take a twentieth of a child's start.
 *   <li>2026-11-30, the lines go to the SLF4J logger {@code multiproc} if the program has a provider. Where that writes to {@code java.util.logging} itself, they stay there.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.internal.log;
