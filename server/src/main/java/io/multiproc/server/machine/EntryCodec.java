package io.multiproc.server.machine;

import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Text;
import io.multiproc.protocol.wire.ValueException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an {@link Entry}: {@code u8 format, varint index, varint time, varint session, varint request, u8 kind}, then what the kind of command holds.
 * Equal entries have equal bytes. There is no length and no checksum: whatever keeps or sends entries has both.
 *
 * <p>A varint has seven bits a byte, the lowest first, all 64 of them if the number is negative; no longer than need be. A text is a varint length and UTF-8.
 */
public final class EntryCodec {
    /** The version that {@link #write} writes. A change of the layout, or a new kind of command, is a new version. */
    public static final int FORMAT = 1;

    // never reused
    private static final int SESSION_OPENED = 1;
    private static final int SESSION_CONNECTED = 2;
    private static final int SESSION_CLOSED = 3;
    private static final int INVOKE = 4;
    private static final int CANCEL = 5;
    private static final int ACKNOWLEDGE = 6;
    private static final int GIVE_BACK = 7;
    private static final int RETAIN = 8;
    private static final int ABANDON = 9;
    private static final int ORPHANED = 10;
    private static final int TICK = 11;

    private EntryCodec() {}

    public static byte[] encode(Entry entry) {
        ByteWriter out = new ByteWriter();
        write(entry, out);
        return out.toByteArray();
    }

    /** Appends the bytes of an entry. */
    public static void write(Entry entry, ByteWriter out) {
        out.u8(FORMAT);
        varint(out, entry.index());
        varint(out, entry.time());
        varint(out, entry.session());
        varint(out, entry.request());
        Command command = entry.command();
        if (command instanceof Command.Invoke invoke) {
            out.u8(INVOKE).i16(invoke.op().code());
            varint(out, invoke.object());
            out.raw(invoke.args().encoded());
        } else if (command instanceof Command.SessionOpened opened) {
            out.u8(SESSION_OPENED).text(opened.name()).text(opened.address());
        } else if (command instanceof Command.SessionConnected connected) {
            out.u8(SESSION_CONNECTED).text(connected.address());
        } else if (command instanceof Command.SessionClosed closed) {
            out.u8(SESSION_CLOSED).text(closed.reason());
        } else if (command instanceof Command.Cancel) {
            out.u8(CANCEL);
        } else if (command instanceof Command.Acknowledge) {
            out.u8(ACKNOWLEDGE);
        } else if (command instanceof Command.GiveBack) {
            out.u8(GIVE_BACK);
        } else if (command instanceof Command.Retain retain) {
            varint(out.u8(RETAIN), retain.object());
        } else if (command instanceof Command.Abandon) {
            out.u8(ABANDON);
        } else if (command instanceof Command.Orphaned orphaned) {
            out.u8(ORPHANED);
            varint(out, orphaned.object());
            varint(out, orphaned.holder());
            varint(out, orphaned.live());
            varint(out, orphaned.patience());
        } else if (command instanceof Command.Tick) {
            out.u8(TICK);
        } else {
            throw new IllegalStateException("no bytes for " + command);
        }
    }

    /**
     * Reads the entry between two offsets. The arguments of an operation are a view of the bytes: they must not change while the entry is in use.
     *
     * @throws IllegalArgumentException if the bytes are damaged, cut off, followed by others, or of another format
     */
    public static Entry read(byte[] bytes, int from, int end) {
        Cursor in = new Cursor(bytes, from, end);
        int format = in.u8();
        if (format != FORMAT) {
            throw new IllegalArgumentException("an entry of format " + format + ", not " + FORMAT);
        }
        long index = in.varint();
        long time = in.varint();
        long session = in.varint();
        long request = in.varint();
        Command command = command(in);
        in.end();
        return new Entry(index, time, session, request, command);
    }

    private static Command command(Cursor in) {
        int kind = in.u8();
        return switch (kind) {
            case SESSION_OPENED -> new Command.SessionOpened(in.text(), in.text());
            case SESSION_CONNECTED -> new Command.SessionConnected(in.text());
            case SESSION_CLOSED -> new Command.SessionClosed(in.text());
            case INVOKE -> in.invoke();
            case CANCEL -> new Command.Cancel();
            case ACKNOWLEDGE -> new Command.Acknowledge();
            case GIVE_BACK -> new Command.GiveBack();
            case RETAIN -> new Command.Retain(in.varint());
            case ABANDON -> new Command.Abandon();
            case ORPHANED -> new Command.Orphaned(in.varint(), in.varint(), in.varint(), in.varint());
            case TICK -> new Command.Tick();
            default -> throw new IllegalArgumentException("an entry with a command of unknown kind " + kind);
        };
    }

    private static void varint(ByteWriter out, long v) {
        long rest = v;
        while ((rest & ~0x7fL) != 0) {
            out.u8((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.u8((int) rest);
    }

    /** A reader of bytes that may be anything. */
    private static final class Cursor {
        private final byte[] bytes;
        private final int end;
        private int at;

        Cursor(byte[] bytes, int from, int end) {
            this.bytes = bytes;
            this.at = from;
            this.end = end;
        }

        int u8() {
            if (at >= end) {
                throw damaged("it is cut off");
            }
            return bytes[at++] & 0xff;
        }

        long varint() {
            long out = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                int b = u8();
                if (shift == 63 && b > 1) {
                    throw damaged("a number of more than 64 bits");
                }
                out |= (long) (b & 0x7f) << shift;
                if (b < 0x80) {
                    if (b == 0 && shift > 0) {
                        throw damaged("a number that is longer than need be");
                    }
                    return out;
                }
            }
            throw damaged("a number of more than 64 bits");
        }

        String text() {
            long length = varint();
            if (length < 0 || length > end - at) {
                throw damaged("a text ends beyond it");
            }
            int start = at;
            at += (int) length;
            String text = Text.decode(bytes, start, (int) length);
            byte[] again = Text.encode(text);
            if (!Arrays.equals(again, 0, again.length, bytes, start, at)) {
                throw damaged("a text is not UTF-8");
            }
            return text;
        }

        Command.Invoke invoke() {
            int code = u8() << 8 | u8();
            Op op = OpTable.coded(code);
            if (op == null) {
                throw damaged(String.format("there is no operation 0x%04X", code));
            }
            long object = varint();
            try {
                Args args = Args.parse(op, bytes, at, end);
                at = end;
                return new Command.Invoke(op, object, args);
            } catch (ValueException e) {
                throw damaged(e.getMessage());
            }
        }

        void end() {
            if (at != end) {
                throw damaged((end - at) + " bytes follow it");
            }
        }

        private static IllegalArgumentException damaged(@Nullable String how) {
            return new IllegalArgumentException("a damaged entry: " + how);
        }
    }
}
