package io.multiproc.jmh;

import io.multiproc.client.internal.value.ObjectCodec;
import io.multiproc.client.internal.value.ValueReader;
import io.multiproc.client.internal.value.ValueWriter;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What is written and read of a native call: values, frames, arguments, and keys compared as the envelope defines it. */
@State(Scope.Thread)
public class Codecs extends Settings {
    private static final ObjectCodec NONE = new ObjectCodec() {
        @Override
        public int id() {
            return KRYO;
        }

        @Override
        public byte[] encode(Object object) {
            throw new IllegalStateException("an object of a class of its own: " + object.getClass());
        }

        @Override
        public Object decode(byte[] bytes, int from, int length) {
            throw new IllegalStateException("bytes of a codec");
        }
    };

    private final String text = "v".repeat(100);
    private final Map<String, Object> record = new LinkedHashMap<>(Map.of(
            "name",
            "Ada Lovelace",
            "born",
            1815,
            "weight",
            61.5,
            "alive",
            false,
            "languages",
            List.of("en", "fr", "de")));
    private final ValueWriter writer = new ValueWriter(NONE);
    private final ValueReader reader = new ValueReader(NONE, (type, id) -> id);
    private final ByteWriter out = new ByteWriter(1024);
    private final byte[] encodedText = writer.toBytes(text);
    private final byte[] encodedRecord = writer.toBytes(record);
    private final byte[] setArguments =
            Args.of(DictOp.SET, Values.ofText("key00001"), encodedText).encoded();
    private final Reply reply = Reply.value(encodedText);
    private final byte[] key = Values.ofText("key00001");
    private final byte[] sameKey = Values.ofText("key00001");
    private final byte[] int32 = writer.toBytes(4_711);
    private final byte[] int64 = writer.toBytes(4_711L);

    @Benchmark
    public int writeText() {
        writer.write(text, out.reset());
        return out.size();
    }

    @Benchmark
    public int writeRecord() {
        writer.write(record, out.reset());
        return out.size();
    }

    @Benchmark
    public @Nullable Object readText() {
        return reader.read(encodedText);
    }

    @Benchmark
    public @Nullable Object readRecord() {
        return reader.read(encodedRecord);
    }

    @Benchmark
    public Args parseArguments() {
        return Args.parse(DictOp.SET, setArguments, 0, setArguments.length);
    }

    /** A whole request as a client's call writes it. */
    @Benchmark
    public int writeRequest() {
        out.reset();
        int mark = Messages.beginRequest(out, 12, DictOp.SET.spec().code(), 34);
        out.u8(2).string("key00001");
        writer.write(text, out);
        Messages.endFrame(out, mark);
        return out.size();
    }

    @Benchmark
    public int writeReply() {
        Messages.reply(out.reset(), 12, reply);
        return out.size();
    }

    @Benchmark
    public boolean equalTexts() {
        return Equality.equal(key, sameKey);
    }

    @Benchmark
    public boolean equalNumbersOfTwoWidths() {
        return Equality.equal(int32, int64);
    }

    @Benchmark
    public int hashText() {
        return Equality.hash(key);
    }

    @Benchmark
    public int hashNumber() {
        return Equality.hash(int64);
    }
}
