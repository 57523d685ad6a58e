package io.multiproc.server.log;

import io.multiproc.protocol.wire.Args;
import io.multiproc.server.engine.Sequencer.Completion;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.RecordBuilder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The commands of one record with what is to be done when each is applied, and what is to be done between them. */
final class Gathering {
    private static final int MOST_COMMANDS = 512;
    private static final int MOST_BYTES = 1 << 20;
    private static final int LEAST = 16;

    final RecordBuilder record = new RecordBuilder(Frame.HEAD);
    private long[] sessions = new long[LEAST];
    /** Null for an action. */
    private @Nullable LoggedCommand[] commands = new @Nullable LoggedCommand[LEAST];

    private int[] values = new int[LEAST];
    /** Each is a completion, or an action. */
    private @Nullable Object[] thens = new @Nullable Object[LEAST];

    private int size;
    /** The time of its commands, once it is written. */
    long time;

    boolean isEmpty() {
        return size == 0;
    }

    /** Whether the next command belongs into another record. */
    boolean isFull() {
        return record.commands() >= MOST_COMMANDS || record.size() >= MOST_BYTES || record.hasTail();
    }

    int size() {
        return size;
    }

    /** Adds a command. If there is no memory for it, nothing has changed. */
    void add(LoggedCommand command, Completion completion) {
        reserve();
        int at = record.add(command);
        put(command.session(), command, at, completion);
    }

    /** Adds what is to be done when all before it is applied. */
    void addAction(long session, Runnable action) {
        reserve();
        put(session, null, RecordBuilder.NOWHERE, action);
    }

    private void put(long session, @Nullable LoggedCommand command, int at, Object then) {
        sessions[size] = session;
        commands[size] = command;
        values[size] = at;
        thens[size] = then;
        size++;
    }

    private void reserve() {
        if (size == sessions.length) {
            int more = 2 * size;
            long[] s = Arrays.copyOf(sessions, more);
            @Nullable LoggedCommand[] c = Arrays.copyOf(commands, more);
            int[] v = Arrays.copyOf(values, more);
            @Nullable Object[] t = Arrays.copyOf(thens, more);
            sessions = s;
            commands = c;
            values = v;
            thens = t;
        }
    }

    /** Whether anything of a session is here from a place on. */
    boolean has(long session, int from) {
        for (int i = from; i < size; i++) {
            if (sessions[i] == session) {
                return true;
            }
        }
        return false;
    }

    long session(int i) {
        return sessions[i];
    }

    /** The command, with its arguments where the record has them; null for an action. */
    @Nullable
    LoggedCommand command(int i) {
        LoggedCommand logged = commands[i];
        if (logged == null
                || values[i] == RecordBuilder.NOWHERE
                || !(logged.command() instanceof Command.Invoke invoke)) {
            return logged;
        }
        Args copied = invoke.args().at(record.array(), values[i]);
        return logged.with(new Command.Invoke(invoke.op(), invoke.object(), copied));
    }

    Object then(int i) {
        Object then = thens[i];
        if (then == null) {
            throw new IllegalStateException("nothing follows");
        }
        return then;
    }

    void reset() {
        Arrays.fill(commands, 0, size, null);
        Arrays.fill(thens, 0, size, null);
        size = 0;
        record.reset();
    }
}
