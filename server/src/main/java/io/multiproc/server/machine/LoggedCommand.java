package io.multiproc.server.machine;

/**
 * A command as a record of the log holds it. See {@link Entry}.
 *
 * @param session the session that asks; 0 for none
 * @param request the session's request id; 0 where there is none
 * @param frame the number of the session's frame that it came in; 0 for none
 * @param confirmed how many kept replies the session's client is known to have
 */
public record LoggedCommand(long session, long request, long frame, long confirmed, Command command) {
    /** One that came in no frame. */
    public LoggedCommand(long session, long request, Command command) {
        this(session, request, 0, 0, command);
    }

    /** The same with a command of equal content. */
    public LoggedCommand with(Command other) {
        return new LoggedCommand(session, request, frame, confirmed, other);
    }

    /** The step of the state that it is. */
    public Entry at(long time) {
        return new Entry(time, session, request, frame, confirmed, command);
    }
}
