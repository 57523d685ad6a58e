package io.multiproc.client;

import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.client.internal.session.Session;
import java.util.NoSuchElementException;
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

    ItemDecoder(Class<E> type, Null meaning) {
        this.type = type;
        this.meaning = meaning;
    }

    @Override
    public @Nullable E decode(@Nullable Object value) {
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
}
