package io.multiproc.server.machine;

/**
 * A command as a record of the log holds it.
 *
 * @param session the session that asks; 0 for none
 * @param request the session's request id; 0 where there is none
 * @param confirmed the session's client has the answers to all requests below this one; 0 if that is not known
 */
public record LoggedCommand(long session, long request, long confirmed, Command command) {}
