package io.multiproc.tests.fuzz;

import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Dialect;
import io.multiproc.server.machine.LogRecord;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.RecordCodec;
import io.multiproc.server.machine.Settings;
import io.multiproc.server.machine.StateLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Any bytes as a record of the log, as they are and as the content of one whose checksum fits. They are refused, or a record of which they are the only
 * spelling.
 */
public final class RecordTarget {
    private RecordTarget() {}

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] b) {
        check(b);
        check(sealed(b));
    }

    private static void check(byte[] b) {
        LogRecord record;
        try {
            record = RecordCodec.read(b, 0, b.length);
        } catch (IllegalArgumentException e) {
            if (e.getMessage() == null) {
                throw new AssertionError("refused without a reason", e);
            }
            return;
        }
        if (!Arrays.equals(b, RecordCodec.encode(record))) {
            throw new AssertionError("a record with two spellings");
        }
    }

    private static byte[] sealed(byte[] body) {
        byte[] out = new byte[RecordCodec.HEAD + body.length];
        System.arraycopy(body, 0, out, RecordCodec.HEAD, body.length);
        ByteBuffer.wrap(out).put((byte) RecordCodec.FORMAT).putInt(body.length);
        CRC32C crc = new CRC32C();
        crc.update(out, 0, 5);
        crc.update(body);
        ByteBuffer.wrap(out).putInt(5, (int) crc.getValue());
        return out;
    }

    /** The contents of records with each operation and each kind of command. */
    static List<byte[]> seeds() {
        Settings settings = new Settings(1_000, StateLimits.DEFAULT, 100, 3_600_000, 2_000, 30_000, 1_000);
        List<Command> commands = new ArrayList<>(List.of(
                new Command.Genesis(7, settings),
                new Command.SettingsChanged(settings),
                new Command.Restarted(1_790_000_000_000L),
                new Command.SessionOpened("me", "tcp://127.0.0.1:1"),
                new Command.SessionOpened("me", "unix:///s", Dialect.NATIVE, 5, 30_000, "key"),
                new Command.SessionConnected("there"),
                new Command.SessionClosed("done"),
                new Command.Cancel(),
                new Command.Acknowledge(),
                new Command.GiveBack(),
                new Command.Retain(300),
                new Command.Abandon(),
                new Command.Orphaned(7, 1, 2, 30_000),
                new Command.Tick()));
        for (byte[] request : RequestTarget.seeds()) {
            Op op = OpTable.all().get((request[0] & 0xff) % OpTable.all().size());
            try {
                commands.add(new Command.Invoke(op, request[1], Args.parse(op, request, 2, request.length)));
            } catch (ValueException e) {
                // one that the operation refuses
            }
        }
        List<byte[]> out = new ArrayList<>();
        for (int i = 0; i < commands.size(); i++) {
            List<LoggedCommand> burst = new ArrayList<>();
            for (Command c : commands.subList(i, Math.min(commands.size(), i + 1 + i % 3))) {
                burst.add(new LoggedCommand(1, i, i, i / 2, c));
            }
            ByteWriter bytes = new ByteWriter();
            RecordCodec.write(new LogRecord(1_790_000_000_000L + i, 0, burst), bytes);
            out.add(Arrays.copyOfRange(bytes.array(), RecordCodec.HEAD, bytes.size()));
        }
        return out;
    }
}
