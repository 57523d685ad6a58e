package io.multiproc.server;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.machine.StateMachine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Just enough of a state machine for the tests of engine and sockets: one dict, one queue, and objects that fail. The names
 * operation gives the names of the open sessions, the size of the queue is the number of waiters.
 */
public final class FakeState implements StateMachine {
    public static final long FAULT = 600;
    public static final long STACK_OVERFLOW = 601;
    public static final long OUT_OF_MEMORY = 602;
    /** {@code get(n)} answers with n bytes. */
    public static final long LARGE = 603;

    public final List<Entry> entries = new ArrayList<>();
    public boolean failTicks;
    private long index;
    private final Map<String, byte[]> dict = new LinkedHashMap<>();
    private final Map<Long, String> sessions = new LinkedHashMap<>();
    private final Deque<byte[]> items = new ArrayDeque<>();
    private final List<Waiter> waiters = new ArrayList<>();

    private record Waiter(long session, long request, long deadline) {}

    @Override
    public boolean isOpen(long session) {
        return sessions.containsKey(session);
    }

    @Override
    public @Nullable Reply apply(Entry entry, Completions out) {
        if (entries.size() < 1000) {
            entries.add(entry);
        }
        index++;
        Command command = entry.command();
        if (command instanceof Command.SessionOpened opened) {
            sessions.put(index, opened.name());
            return Reply.integer(index);
        } else if (command instanceof Command.SessionClosed) {
            sessions.remove(entry.session());
            waiters.removeIf(w -> w.session() == entry.session());
        } else if (command instanceof Command.Cancel) {
            if (waiters.removeIf(w -> w.session() == entry.session() && w.request() == entry.request())) {
                out.complete(entry.session(), entry.request(), Reply.error(ErrorCode.CANCELLED, "cancelled"));
            }
        } else if (command instanceof Command.Tick) {
            tick(entry.time(), out);
        } else if (command instanceof Command.Invoke invoke) {
            return invoke(entry, invoke, invoke.args(), out);
        }
        return null;
    }

    @Override
    public @Nullable Reply query(long session, Op op, long object, Args args) {
        if (op == ManagerOp.NUMBER_OF_OBJECTS) {
            return Reply.integer(dict.size());
        }
        return op == QueueOp.SIZE ? Reply.integer(waiters.size()) : null;
    }

    private void tick(long time, Completions out) {
        if (failTicks) {
            throw new IllegalStateException("tick fails");
        }
        for (Iterator<Waiter> i = waiters.iterator(); i.hasNext(); ) {
            Waiter w = i.next();
            if (w.deadline() <= time) {
                i.remove();
                out.complete(w.session(), w.request(), Reply.ABSENT);
            }
        }
    }

    private @Nullable Reply invoke(Entry entry, Command.Invoke invoke, Args args, Completions out) {
        if (invoke.object() == FAULT) {
            throw new IllegalStateException("a fault");
        }
        if (invoke.object() == STACK_OVERFLOW) {
            throw new StackOverflowError("as if");
        }
        if (invoke.object() == OUT_OF_MEMORY) {
            throw new OutOfMemoryError("as if");
        }
        if (invoke.op() == DictOp.SET) {
            dict.put(key(args), args.value(1));
            return Reply.NOTHING;
        } else if (invoke.op() == DictOp.GET) {
            if (invoke.object() == LARGE) {
                int n = (int) args.integer(0);
                return Reply.value(new ByteWriter(n + 6)
                        .tag(Tag.BYTES)
                        .varint(n)
                        .raw(new byte[n])
                        .toByteArray());
            }
            byte[] value = dict.get(key(args));
            return value == null ? Reply.ABSENT : Reply.value(value);
        } else if (invoke.op() == QueueOp.PUT) {
            if (waiters.isEmpty()) {
                items.add(args.value(0));
            } else {
                Waiter w = waiters.remove(0);
                out.complete(w.session(), w.request(), Reply.value(args.value(0)));
            }
            return Reply.TRUE;
        } else if (invoke.op() == QueueOp.TAKE) {
            byte[] head = items.poll();
            long timeout = args.integer(0);
            if (head != null || timeout == 0) {
                return head == null ? Reply.ABSENT : Reply.value(head);
            }
            waiters.add(new Waiter(
                    entry.session(), entry.request(), timeout < 0 ? Long.MAX_VALUE : entry.time() + timeout));
            return null;
        } else if (invoke.op() == QueueOp.SIZE) {
            return Reply.integer(waiters.size());
        } else if (invoke.op() == ManagerOp.NUMBER_OF_OBJECTS) {
            return Reply.integer(dict.size());
        } else if (invoke.op() == ManagerOp.NAMES) {
            return Reply.value(Values.container(
                    Tag.LIST, sessions.values().stream().map(Values::ofText).toList()));
        }
        return Reply.NOTHING;
    }

    private static String key(Args args) {
        return HexFormat.of().formatHex(args.value(0));
    }

    @Override
    public long nextDeadline() {
        long next = Long.MAX_VALUE;
        for (Waiter w : waiters) {
            next = Math.min(next, w.deadline());
        }
        return next;
    }

    @Override
    public void snapshot(ByteWriter out) {
        throw new UnsupportedOperationException("not in this test");
    }

    @Override
    public void restore(byte[] snapshot) {
        throw new UnsupportedOperationException("not in this test");
    }
}
