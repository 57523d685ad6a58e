package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A user's class as one Kryo knows it: its layout, and what the present message has said of it. */
final class UserClass extends Registration {
    final Layout layout;
    final String storedName;
    /** Two bytes of the hash of the class's stored name: another class under the same number is noticed. */
    final short check;

    /** The last message in which the class was described when writing, and when reading. */
    long writtenIn;

    long readIn;

    /** How the sender's fields belong to ours; null if they are the same. */
    @Nullable
    Plan plan;

    private @Nullable Plan lastPlan;

    UserClass(Layout layout, int id) {
        super(layout.type, new Pending(), id);
        this.layout = layout;
        this.storedName = Layout.storedName(layout.type);
        this.check = (short) (Layout.hash(storedName) >>> 16);
    }

    /** For a sender's fields; the last one is kept, since one message with other fields is followed by more. */
    Plan plan(int[] codes) {
        Plan last = lastPlan;
        if (last == null || !Arrays.equals(last.codes, codes)) {
            last = Plan.of(codes, layout);
            lastPlan = last;
        }
        return last;
    }

    /** In place of the serializer, which needs this object. */
    private static final class Pending extends Serializer<Object> {
        @Override
        public void write(com.esotericsoftware.kryo.Kryo kryo, com.esotericsoftware.kryo.io.Output out, Object object) {
            throw new IllegalStateException();
        }

        @Override
        public Object read(
                com.esotericsoftware.kryo.Kryo kryo,
                com.esotericsoftware.kryo.io.Input in,
                Class<? extends Object> type) {
            throw new IllegalStateException();
        }
    }
}
