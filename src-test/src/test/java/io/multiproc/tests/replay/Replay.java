package io.multiproc.tests.replay;

import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.LogRecord;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.RecordCodec;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.state.SharedState;
import io.multiproc.server.state.StateImage;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A state that is fed with records of a log, and what came of it: each so many commands a line with a digest of all answers so far and one of the state.
 * A replay that restarts goes on with the state that it reads from its own snapshot at each line.
 */
public final class Replay implements Completions {
    /** Small, so that replies that are too large occur. */
    static final int MAX_REPLY = 6_000;

    private final boolean restarts;
    private final int every;
    private final PrintStream out;
    private final MessageDigest answers = sha256();
    private SharedState state = new SharedState(MAX_REPLY);
    private Completions also = (session, request, reply) -> {};
    private long commands;

    /** @param every after how many commands there is a line */
    Replay(int every, boolean restarts, PrintStream out) {
        this.every = every;
        this.restarts = restarts;
        this.out = out;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Applies one command. */
    @Nullable
    Reply apply(long time, LoggedCommand command, Completions listener) {
        also = listener;
        Reply reply = state.apply(command.at(time), this);
        note(0, 0, reply);
        if (++commands % every == 0) {
            line();
        }
        return reply;
    }

    @Override
    public void complete(long session, long request, Reply reply) {
        note(session, request, reply);
        also.complete(session, request, reply);
    }

    @Override
    public void follows(long session, long request, long holder, long levels, boolean owns) {
        numbers(session, request, holder, levels, owns ? 1 : 0);
    }

    private void note(long session, long request, @Nullable Reply reply) {
        numbers(session, request, reply == null ? -1 : reply.isError() ? -2 : reply.length());
        if (reply != null && reply.isError()) {
            answers.update(reply.toString().getBytes(StandardCharsets.UTF_8));
        } else if (reply != null) {
            answers.update(reply.bytes(), reply.start(), reply.length());
        }
    }

    private void numbers(long... all) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * all.length);
        for (long n : all) {
            bytes.putLong(n);
        }
        answers.update(bytes.array());
    }

    /** Says what has come of it so far. */
    void line() {
        ByteWriter image = new ByteWriter();
        state.snapshot(image);
        MessageDigest digest = sha256();
        digest.update(image.array(), 0, image.size());
        try {
            out.println(commands + " answers " + hex((MessageDigest) answers.clone()) + " state " + hex(digest) + " of "
                    + image.size() + " bytes");
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
        if (restarts) {
            byte[] bytes = image();
            if (!Arrays.equals(bytes, image.toByteArray())) {
                throw new IllegalStateException("the image after " + commands + " commands is not the snapshot");
            }
            state = new SharedState(MAX_REPLY);
            state.restore(bytes);
        }
    }

    /** The state as a server with a log writes it. */
    private byte[] image() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SnapshotWriter to = new SnapshotWriter(bytes);
        StateImage image = state.image(System::nanoTime);
        List<SnapshotWriter.Part> parts = image.head();
        while (!parts.isEmpty()) {
            parts.forEach(part -> part.writeTo(to));
            parts = image.slice(() -> false);
        }
        to.flush();
        return bytes.toByteArray();
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    long commands() {
        return commands;
    }

    SharedState state() {
        return state;
    }

    /** Applies all records of a log, and says at the end what came of all of them. */
    void all(InputStream log) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(log, 1 << 16));
        while (true) {
            byte[] head = in.readNBytes(RecordCodec.HEAD);
            if (head.length == 0) {
                break;
            }
            byte[] record = Arrays.copyOf(head, RecordCodec.size(head, 0));
            in.readFully(record, RecordCodec.HEAD, record.length - RecordCodec.HEAD);
            LogRecord burst = RecordCodec.read(record, 0, record.length);
            for (LoggedCommand c : burst.commands()) {
                Reply ignored = apply(burst.time(), c, (s, r, reply) -> {});
            }
        }
        line();
    }

    /** {@code LOG EVERY}: prints the lines of a replay that restarts. */
    public static void main(String[] args) throws IOException {
        try (InputStream log = Files.newInputStream(Path.of(args[0]))) {
            new Replay(Integer.parseInt(args[1]), true, System.out).all(log);
        }
    }
}
