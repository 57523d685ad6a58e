package io.multiproc.server.net;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.op.Shape;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.ValueException;
import org.jspecify.annotations.Nullable;

/** The messages of a native client with a session. Only what breaks the framing ends the session. */
final class NativeDialect implements Phase {
    private static final int NUMBERED = 1 + 8;

    private final Connection connection;
    private final NativeSession session;
    private final Connections all;

    NativeDialect(Connection connection, NativeSession session) {
        this.connection = connection;
        this.session = session;
        this.all = connection.all;
    }

    @Override
    public int limit(int firstByte) {
        return all.options().limits().frame();
    }

    @Override
    public void frame(byte[] b, int from, int end) {
        // without memory for the answer the frame has not arrived: the connection breaks, and the client sends it again
        session.replies.reserve();
        session.received++;
        int kind = from < end ? b[from] & 0xff : 0;
        if (kind == Messages.REQUEST) {
            if (end - from < Messages.REQUEST_HEADER) {
                malformed("a request of " + (end - from) + " bytes is shorter than its head");
            } else {
                request(b, from, end, null);
            }
            return;
        }
        try {
            unanswered(kind, b, from, end);
        } catch (OutOfMemoryError e) {
            session.received--;
            throw e;
        }
    }

    /** A frame that is no request. */
    private void unanswered(int kind, byte[] b, int from, int end) {
        switch (kind) {
            case Messages.CANCEL -> {
                if (hasNumberOnly("cancel", from, end) && !session.isAgain()) {
                    all.engine().cancel(session.id, Messages.id(b, from));
                }
            }
            case Messages.ACKNOWLEDGE -> {
                if (hasNumberOnly("acknowledge", from, end) && !session.isAgain()) {
                    all.engine().acknowledge(session.id, Messages.id(b, from));
                }
            }
            case Messages.GIVE_BACK -> {
                if (hasNumberOnly("give-back", from, end) && !session.isAgain()) {
                    all.engine().giveBack(session.id, Messages.id(b, from));
                }
            }
            case Messages.RECEIVED -> {
                if (hasNumberOnly("received", from, end)) {
                    received(Messages.id(b, from));
                }
            }
            case Messages.PING -> {
                if (hasNumberOnly("ping", from, end)) {
                    long number = Messages.id(b, from);
                    // it confirms the frames before it
                    all.engine().after(session.id, () -> pong(number));
                }
            }
            case Messages.GOODBYE -> {
                all.engine().commit();
                connection.end(
                        "the client said goodbye", all.options().timeouts().closeMillis());
            }
            default -> malformed(
                    from == end
                            ? "an empty frame"
                            : "unknown message kind 0x" + Integer.toHexString(kind) + " from a client");
        }
    }

    /** A large value that comes last is not copied: the state keeps the array that it arrived in. */
    @Override
    public boolean takesApart(byte[] b, int from) {
        if (b[from] != Messages.REQUEST) {
            return false;
        }
        Op op = OpTable.coded(Messages.operation(b, from));
        int count = b[from + Messages.REQUEST_HEADER] & 0xff;
        return op != null
                && count > 0
                && count <= op.spec().args().size()
                && op.spec().args().get(count - 1).shape() == Shape.VALUE;
    }

    @Override
    public void frame(LargeFrame frame) {
        session.replies.reserve();
        session.received++;
        request(frame.head(), 0, LargeFrame.HEAD, frame.arguments());
    }

    @Override
    public boolean canRefuse(byte[] b, int from) {
        return b[from] == Messages.REQUEST;
    }

    @Override
    public void refuse(byte[] head) {
        session.replies.reserve();
        session.received++;
        long id = Messages.id(head, 0);
        if (!comesAgain(id)) {
            refuse(id, all.engine().noRoom());
        }
    }

    private void received(long replies) {
        if (replies > session.replies.total()) {
            malformed("a client that has received " + replies + " replies of " + session.replies.total());
        } else {
            session.replies.confirm(replies);
        }
    }

    /** @param own the arguments if they have an array of their own and only their count is in the frame */
    private void request(byte[] b, int from, int end, byte @Nullable [] own) {
        all.batchSizes().request();
        long id = Messages.id(b, from);
        if (comesAgain(id)) {
            return;
        }
        int code = Messages.operation(b, from);
        Op op = OpTable.coded(code);
        long answered = session.answered;
        Reply refusal;
        try {
            refusal = op == null ? unknown(code) : submit(b, from, end, own, id, op);
        } catch (OutOfMemoryError e) {
            if (session.answered != answered) {
                // its answer is on its way, and could not be sent: the connection breaks, and the client gets it with
                // the next one
                throw e;
            }
            // nothing is applied yet: the engine catches what fails later
            refusal = all.engine().noRoom();
        }
        if (refusal != null) {
            refuse(id, refusal);
        }
    }

    private void pong(long number) {
        ByteWriter scratch = all.scratch().reset();
        Messages.pong(scratch, number);
        connection.sendFrames(scratch);
    }

    /** Whether a request was applied before the server was started again. Its answer, if it does not wait, comes after those to what came before it. */
    private boolean comesAgain(long id) {
        if (!session.wasApplied(id)) {
            return false;
        }
        all.engine().after(session.id, () -> session.cameAgain(id));
        return true;
    }

    /** A reply confirms the frames before its own, so it comes after their answers. */
    private void refuse(long id, Reply refusal) {
        all.engine().after(session.id, () -> session.reply(id, refusal));
    }

    private Reply unknown(int code) {
        return Reply.error(
                ErrorCode.UNKNOWN_OPERATION,
                "unknown operation 0x" + Integer.toHexString(code) + "; this server is version "
                        + all.options().version() + ", the client may be newer");
    }

    /** Hands a request over; the session gets its answer. Returns why that cannot be, or null. */
    private @Nullable Reply submit(byte[] b, int from, int end, byte @Nullable [] own, long id, Op op) {
        Args args;
        try {
            int at = from + Messages.REQUEST_HEADER;
            args = own == null ? Args.parse(op, b, at, end) : Args.parseOwn(op, b[at] & 0xff, own);
        } catch (ValueException e) {
            return Reply.error(e);
        }
        if (session.isAgain() && op.has(Flag.WRITE)) {
            // others that were sent after it have been applied
            Reply forbidden = all.engine().notPermitted(session.id, op, Messages.object(b, from), args);
            return forbidden != null
                    ? forbidden
                    : Reply.error(
                            ErrorCode.BUSY,
                            "the request was refused before the server was started again, and its answer lost; try again");
        }
        int limit = all.options().limits().waits();
        if (session.waits >= limit && op.has(Flag.MAY_PARK)) {
            return Reply.error(
                    ErrorCode.BUSY, limit + " requests of this client wait already, the limit; try again later");
        }
        all.engine().submit(session.id, id, op, Messages.object(b, from), args, session);
        return null;
    }

    private boolean hasNumberOnly(String message, int from, int end) {
        if (end - from == NUMBERED) {
            return true;
        }
        malformed("a " + message + " of " + (end - from) + " bytes instead of " + NUMBERED);
        return false;
    }

    private void malformed(String what) {
        all.log().warn("session {} of {}: {}; closing", session.id, connection.address(), what);
        all.engine().commit();
        connection.goodbye(ErrorCode.BAD_VALUE, "malformed message: " + what);
    }

    @Override
    public void badLength(long length, int limit) {
        String what = length < 0
                ? "a frame of negative length " + length
                : "a frame of " + length + " bytes exceeds the limit of " + limit;
        all.log().warn("session {} of {}: {}; closing", session.id, connection.address(), what);
        all.engine().commit();
        connection.goodbye(ErrorCode.TOO_LARGE, what);
    }

    @Override
    public void ended(String reason) {
        if (session.connection() != connection) {
            return; // the session goes on with another one
        }
        if (connection.isCut()) {
            all.sessions().cut(session, connection, reason);
        } else {
            all.sessions().end(session, reason);
        }
    }
}
