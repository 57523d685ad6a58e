package io.multiproc.client;

import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.client.internal.session.Session;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Decoder of the items of a queue, for methods of which null means an item or means none. */
final class ItemDecoder<E> implements Session.Decoder<E> {
    /** What there is to say of an empty queue and of a null. */
    enum Null {
        /** The method waits: null is an item. */
        IS_ITEM,
        /** Null is an item; an empty queue is an error. */
        IS_ITEM_OF_SOME,
        /** The method gives null for an empty queue, so it cannot give a null that is an item. */
        IS_NONE
    }

    private final Class<E> type;
    private final Null meaning;
    /** Where deliveries are noted; null if items come as they are. */
    private final @Nullable Takings takings;

    private final LongSupplier holder;
    /** The last one, to be forgotten if nobody wants it: of a decoder of one call. */
    private long noted;

    ItemDecoder(Class<E> type, Null meaning) {
        this(type, meaning, null, () -> Takings.NOBODY);
    }

    /**
     * Notes each delivery.
     *
     * @param holder says for whom
     */
    ItemDecoder(Class<E> type, Null meaning, @Nullable Takings takings, LongSupplier holder) {
        this.type = type;
        this.meaning = meaning;
        this.takings = takings;
        this.holder = holder;
    }

    @Override
    public @Nullable E decode(@Nullable Object value) {
        if (takings == null) {
            return item(value);
        }
        List<?> delivery = ReplyValues.list(value);
        E item = item(delivery.get(0));
        long number = ReplyValues.integer(delivery.get(2));
        takings.add(number, holder.getAsLong());
        noted = number;
        return item;
    }

    private @Nullable E item(@Nullable Object value) {
        if (value == null && meaning == Null.IS_NONE) {
            throw new NullItemException();
        }
        return ReplyValues.as(value, type);
    }

    @Override
    public @Nullable E none() {
        if (meaning == Null.IS_ITEM_OF_SOME) {
            throw new NoSuchElementException("the queue is empty");
        }
        return null;
    }

    @Override
    public void dropped() {
        if (takings != null) {
            takings.remove(noted);
        }
    }
}
