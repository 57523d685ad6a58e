package io.multiproc.server.log;

import io.multiproc.protocol.wire.Args;
import io.multiproc.server.engine.Sequencer.Completion;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.RecordBuilder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The commands of one record with what is to be done when each is applied, and what is to be done between them. */
public final class Gathering {
    private static final int MOST_COMMANDS = 512;
    private static final int MOST_BYTES = 1 << 20;
    private static final int LEAST = 16;

    private final RecordBuilder record;
    private long[] sessions = new long[LEAST];
    /** Null for an action. */
    private @Nullable LoggedCommand[] commands = new @Nullable LoggedCommand[LEAST];

    private int[] values = new int[LEAST];
    /** Each is a completion, or an action. */
    private @Nullable Object[] thens = new @Nullable Object[LEAST];

    private int size;
    private long time;
    private long number;

    /** @param room how many bytes are left free before the record */
    public Gathering(int room) {
        record = new RecordBuilder(room);
    }

    /** The commands. */
    public RecordBuilder record() {
        return record;
    }

    /** The time of its commands, once it is written. */
    public long time() {
        return time;
    }

    public void at(long millis) {
        time = millis;
    }

    /** What its log calls it; 0 before it is in the log, and if it has actions only. */
    public long number() {
        return number;
    }

    public void named(long given) {
        number = given;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Whether the next command belongs into another record. */
    public boolean isFull() {
        return record.commands() >= MOST_COMMANDS || record.size() >= MOST_BYTES || record.hasTail();
    }

    public int size() {
        return size;
    }

    /** Adds a command. If there is no memory for it, nothing has changed. */
    public void add(LoggedCommand command, Completion completion) {
        reserve();
        int at = record.add(command);
        put(command.session(), command, at, completion);
    }

    /** Adds what is to be done when all before it is applied. */
    public void addAction(long session, Runnable action) {
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
    public boolean has(long session, int from) {
        for (int i = from; i < size; i++) {
            if (sessions[i] == session) {
                return true;
            }
        }
        return false;
    }

    public long session(int i) {
        return sessions[i];
    }

    /** The command, with its arguments where the record has them; null for an action. */
    public @Nullable LoggedCommand command(int i) {
        LoggedCommand logged = commands[i];
        if (logged == null
                || values[i] == RecordBuilder.NOWHERE
                || !(logged.command() instanceof Command.Invoke invoke)) {
            return logged;
        }
        Args copied = invoke.args().at(record.array(), values[i]);
        return logged.with(new Command.Invoke(invoke.op(), invoke.object(), copied));
    }

    public Object then(int i) {
        Object then = thens[i];
        if (then == null) {
            throw new IllegalStateException("nothing follows");
        }
        return then;
    }

    public void reset() {
        Arrays.fill(commands, 0, size, null);
        Arrays.fill(thens, 0, size, null);
        size = 0;
        number = 0;
        record.reset();
    }
}
