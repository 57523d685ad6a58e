package io.multiproc.client;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A value as it came from the manager, undecoded, because this program cannot read it: of a class that it did not register, or does not have, or has in
 * another form. It can be stored, sent and asked for like any value, and arrives unchanged at programs that can read it. Equal when the
 * bytes are. Immutable. {@link SerializationException#value} gives it.
 */
public final class UnreadValue {
    private final byte[] envelope;

    /**
     * For the library: the bytes, which nobody changes, of a value.
     *
     * @param envelope the encoded value
     */
    public UnreadValue(byte[] envelope) {
        this.envelope = envelope;
    }

    /** {@return a copy of the encoded value, in the form that the protocol describes} */
    public byte[] bytes() {
        return envelope.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UnreadValue u && Arrays.equals(u.envelope, envelope);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(envelope);
    }

    @Override
    public String toString() {
        return "UnreadValue[" + envelope.length + " bytes]";
    }
}
