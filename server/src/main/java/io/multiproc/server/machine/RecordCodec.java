package io.multiproc.server.machine;

import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.ValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link LogRecord}: {@code u8 format, u32 length, u32 crc32c, i64 time, i64 hashBefore, varint n}, then n times {@code u8 kind, varint
 * session, varint request, varint frame, varint confirmed, varint length}, and so many bytes of what the kind of command holds. The first length counts what follows the
 * checksum, which is one of all other bytes. Equal records have equal bytes.
 *
 * <p>A varint has seven bits a byte, the lowest first, all 64 of them if the number is negative; no longer than need be. A text is a varint length and UTF-8.
 * Other numbers have their highest byte first.
 */
public final class RecordCodec {
    /** The version that {@link #write} writes. A change of the layout is a new version; a new kind of command is none. */
    public static final int FORMAT = 1;
    /** Bytes up to the checksum, with it: as many as {@link #size} has to see. */
    public static final int HEAD = 9;

    static final int LENGTH = 1;
    static final int CHECKSUM = 5;
    /** Time, hash and one command without content. */
    private static final int LEAST = 8 + 8 + 1 + 6;

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
    private static final int GENESIS = 12;
    private static final int SETTINGS_CHANGED = 13;
    private static final int RESTARTED = 14;

    private RecordCodec() {}

    public static byte[] encode(LogRecord record) {
        ByteWriter out = new ByteWriter();
        write(record, out);
        return out.toByteArray();
    }

    /** Appends the bytes of a record. */
    public static void write(LogRecord record, ByteWriter out) {
        int start = out.size();
        head(record.time(), record.hashBefore(), record.commands().size(), out);
        ByteWriter payload = new ByteWriter(64);
        for (LoggedCommand logged : record.commands()) {
            command(logged, payload, out);
            Args args = values(logged.command());
            if (args != null) {
                out.raw(args.buffer(), args.start(0), args.length());
            }
        }
        out.patchI32(start + LENGTH, out.size() - start - HEAD);
        out.patchI32(start + CHECKSUM, checksum(out.array(), start, out.size()));
    }

    /** The values of an operation's arguments, which come last of a command; null if there are none. */
    static @Nullable Args values(Command command) {
        Args args = command instanceof Command.Invoke invoke ? invoke.args() : null;
        return args == null || args.length() == 0 ? null : args;
    }

    /**
     * Appends a command, but for the values of its arguments.
     *
     * @param payload for use meanwhile
     */
    static void command(LoggedCommand logged, ByteWriter payload, ByteWriter out) {
        Command command = logged.command();
        out.u8(kind(command));
        varint(out, logged.session());
        varint(out, logged.request());
        varint(out, logged.frame());
        varint(out, logged.confirmed());
        payload(command, payload.reset());
        Args values = values(command);
        varint(out, payload.size() + (values == null ? 0L : values.length()));
        out.raw(payload.array(), 0, payload.size());
    }

    /** Appends what comes before the commands; length and checksum are filled in later. */
    static void head(long time, long hashBefore, int commands, ByteWriter out) {
        out.u8(FORMAT).i32(0).i32(0);
        out.i64(time).i64(hashBefore);
        varint(out, commands);
    }

    private static int kind(Command command) {
        if (command instanceof Command.Invoke) {
            return INVOKE;
        } else if (command instanceof Command.SessionOpened) {
            return SESSION_OPENED;
        } else if (command instanceof Command.SessionConnected) {
            return SESSION_CONNECTED;
        } else if (command instanceof Command.SessionClosed) {
            return SESSION_CLOSED;
        } else if (command instanceof Command.Cancel) {
            return CANCEL;
        } else if (command instanceof Command.Acknowledge) {
            return ACKNOWLEDGE;
        } else if (command instanceof Command.GiveBack) {
            return GIVE_BACK;
        } else if (command instanceof Command.Retain) {
            return RETAIN;
        } else if (command instanceof Command.Abandon) {
            return ABANDON;
        } else if (command instanceof Command.Orphaned) {
            return ORPHANED;
        } else if (command instanceof Command.Tick) {
            return TICK;
        } else if (command instanceof Command.Genesis) {
            return GENESIS;
        } else if (command instanceof Command.SettingsChanged) {
            return SETTINGS_CHANGED;
        } else if (command instanceof Command.Restarted) {
            return RESTARTED;
        }
        throw new IllegalStateException("no bytes for " + command);
    }

    /** What a command holds, but for the values of an operation's arguments. */
    private static void payload(Command command, ByteWriter out) {
        if (command instanceof Command.Invoke invoke) {
            out.i16(invoke.op().code());
            varint(out, invoke.object());
            out.u8(invoke.args().count());
        } else if (command instanceof Command.SessionOpened opened) {
            out.text(opened.name()).text(opened.address());
            out.u8(opened.dialect().code()).i64(opened.secret());
            varint(out, opened.lease());
            out.text(opened.key());
        } else if (command instanceof Command.SessionConnected connected) {
            out.text(connected.address());
        } else if (command instanceof Command.SessionClosed closed) {
            out.text(closed.reason());
        } else if (command instanceof Command.Retain retain) {
            varint(out, retain.object());
        } else if (command instanceof Command.Orphaned orphaned) {
            varint(out, orphaned.object());
            varint(out, orphaned.holder());
            varint(out, orphaned.live());
            varint(out, orphaned.patience());
        } else if (command instanceof Command.Genesis genesis) {
            out.i64(genesis.clusterId());
            settings(genesis.settings(), out);
        } else if (command instanceof Command.SettingsChanged changed) {
            settings(changed.settings(), out);
        } else if (command instanceof Command.Restarted restarted) {
            varint(out, restarted.wallClock());
        }
    }

    private static void settings(Settings settings, ByteWriter out) {
        varint(out, settings.maxReply());
        varint(out, settings.limits().objects());
        varint(out, settings.limits().entries());
        varint(out, settings.limits().waiters());
        varint(out, settings.minLease());
        varint(out, settings.maxLease());
        varint(out, settings.grace());
        varint(out, settings.orphanPatience());
        varint(out, settings.keptReplies());
    }

    private static Settings settings(RecordReader in) {
        long maxReply = in.varint();
        if (maxReply < 0 || maxReply > Integer.MAX_VALUE) {
            throw RecordReader.damaged("replies of " + maxReply + " bytes");
        }
        return new Settings(
                (int) maxReply,
                new StateLimits(in.varint(), in.varint(), in.varint()),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint());
    }

    /**
     * How many bytes the record has that starts with these, by its head.
     *
     * @param bytes hold at least {@link #HEAD} bytes from there
     * @throws IllegalArgumentException if no record starts so, or one of another format
     */
    public static int size(byte[] bytes, int from) {
        int format = bytes[from] & 0xff;
        if (format != FORMAT) {
            throw new IllegalArgumentException("a record of format " + format + ", not " + FORMAT);
        }
        int length = ByteWriter.i32(bytes, from + LENGTH);
        if (length < LEAST || length > Integer.MAX_VALUE - HEAD) {
            throw RecordReader.damaged("a length of " + length);
        }
        return HEAD + length;
    }

    /** Whether the record between two offsets, of this format and so many bytes, is as it was written. */
    public static boolean isWhole(byte[] bytes, int from, int end) {
        return checksum(bytes, from, end) == ByteWriter.i32(bytes, from + CHECKSUM);
    }

    /** The hash that a whole record has of what was before it; 0 if it has none. */
    public static long hashBefore(byte[] record) {
        return new RecordReader(record, HEAD + Long.BYTES, record.length).i64();
    }

    /**
     * Reads the record between two offsets. The arguments of operations are views of the bytes: they must not change while the record is in use.
     *
     * @throws IllegalArgumentException if the bytes are damaged, cut off, followed by others, or of another format
     */
    public static LogRecord read(byte[] bytes, int from, int end) {
        if (end - from < HEAD) {
            throw RecordReader.damaged("it is cut off");
        }
        int size = size(bytes, from);
        if (size > end - from) {
            throw RecordReader.damaged("it is cut off");
        }
        if (size < end - from) {
            throw RecordReader.damaged((end - from - size) + " bytes follow it");
        }
        if (!isWhole(bytes, from, end)) {
            throw RecordReader.damaged("its checksum is another");
        }
        RecordReader in = new RecordReader(bytes, from + HEAD, end);
        long time = in.i64();
        long hashBefore = in.i64();
        long n = in.varint();
        if (n < 1 || n > in.left()) {
            throw RecordReader.damaged(n + " commands");
        }
        List<LoggedCommand> commands = new ArrayList<>((int) n);
        while (commands.size() < n) {
            int kind = in.u8();
            long session = in.varint();
            long request = in.varint();
            long frame = in.varint();
            long confirmed = in.varint();
            RecordReader payload = in.part();
            Command command = command(kind, payload);
            payload.end();
            commands.add(new LoggedCommand(session, request, frame, confirmed, command));
        }
        in.end();
        return new LogRecord(time, hashBefore, commands);
    }

    private static Command command(int kind, RecordReader in) {
        return switch (kind) {
            case SESSION_OPENED -> new Command.SessionOpened(
                    in.text(), in.text(), Dialect.coded(in.u8()), in.i64(), in.varint(), in.text());
            case SESSION_CONNECTED -> new Command.SessionConnected(in.text());
            case SESSION_CLOSED -> new Command.SessionClosed(in.text());
            case INVOKE -> invoke(in);
            case CANCEL -> new Command.Cancel();
            case ACKNOWLEDGE -> new Command.Acknowledge();
            case GIVE_BACK -> new Command.GiveBack();
            case RETAIN -> new Command.Retain(in.varint());
            case ABANDON -> new Command.Abandon();
            case ORPHANED -> new Command.Orphaned(in.varint(), in.varint(), in.varint(), in.varint());
            case TICK -> new Command.Tick();
            case GENESIS -> new Command.Genesis(in.i64(), settings(in));
            case SETTINGS_CHANGED -> new Command.SettingsChanged(settings(in));
            case RESTARTED -> new Command.Restarted(in.varint());
            default -> throw new IllegalArgumentException(
                    "a command of kind " + kind + ", which this version does not know: a newer one wrote it");
        };
    }

    private static Command.Invoke invoke(RecordReader in) {
        int code = in.u16();
        Op op = OpTable.coded(code);
        if (op == null) {
            throw new IllegalArgumentException(
                    String.format("operation 0x%04X, which this version does not know: a newer one wrote it", code));
        }
        long object = in.varint();
        try {
            return new Command.Invoke(op, object, in.args(op));
        } catch (ValueException e) {
            throw RecordReader.damaged(e.getMessage());
        }
    }

    /** Of all bytes but the checksum itself. */
    private static int checksum(byte[] bytes, int from, int end) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, CHECKSUM);
        crc.update(bytes, from + HEAD, end - from - HEAD);
        return (int) crc.getValue();
    }

    private static void varint(ByteWriter out, long v) {
        long rest = v;
        while ((rest & ~0x7fL) != 0) {
            out.u8((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.u8((int) rest);
    }
}
