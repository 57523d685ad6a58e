package io.multiproc.server.machine;

/**
 * A session as the state knows it: what it takes to go on with it after its server has been started again from its log.
 *
 * @param opened how it was opened; the address is the last one
 * @param frame the number of the last of its frames that became a command and was applied; 0 if none
 * @param waits how many of its requests wait
 * @param canResume whether all replies that its client may not have are kept
 */
public record OpenSession(long id, Command.SessionOpened opened, long frame, int waits, boolean canResume) {}
