package io.multiproc.client;

import io.multiproc.client.internal.session.Encoded;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Values;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.ListIterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Iterates a list by position, bringing elements in chunks around the cursor. A walk that goes on brings more at a time, and less where
 * elements are so large that a reply cannot hold as many. A chunk that comes short tells that the list ended there, without another round trip.
 */
final class ChunkedListIterator<E> implements ListIterator<E> {
    private static final int FIRST_CHUNK = 1000;
    /** The server does nothing else while it collects a chunk. */
    private static final int MOST = 4000;

    private static final int LESS = 8;

    private final ListProxy<E> list;
    private List<E> chunk = List.of();
    /** The same elements as the server sent them: an object of a user class may be encoded otherwise next time. */
    private @Nullable Encoded encoded;

    private int chunkStart;
    private int cursor;
    private int last = -1;
    /** The same one by one, once one of them is to be changed. */
    private @Nullable List<@Nullable Object> parts;
    /** The element returned last as {@link #parts} would have it, when its chunk has gone. */
    private @Nullable Object kept;

    /** How many elements are asked for, and whether no more shall be. */
    private int amount = FIRST_CHUNK;

    private boolean tooLarge;
    /** Where the list ended when a chunk came short; -1 if none has. */
    private int end = -1;

    ChunkedListIterator(ListProxy<E> list, int index) {
        this.list = list;
        cursor = index;
    }

    private boolean has(int index) {
        return index >= chunkStart && index < chunkStart + chunk.size();
    }

    private void load(int from, int to) {
        Encoded received = list.encodedSlice(from, to);
        Encoded before = encoded;
        if (last >= 0 && has(last)) {
            // it may still be changed
            kept = parts != null || before == null ? expected() : before.element(last - chunkStart);
        }
        chunk = list.decode(received);
        encoded = received;
        parts = null;
        chunkStart = from;
    }

    private void loadNext() {
        while (true) {
            try {
                load(cursor, cursor + amount);
                break;
            } catch (ManagerException e) {
                reduce(e);
            }
        }
        if (chunk.size() < amount) {
            end = cursor + chunk.size();
        } else if (!tooLarge) {
            amount = Math.min(2 * amount, MOST);
        }
    }

    private void loadPrevious() {
        while (true) {
            try {
                load(Math.max(0, cursor - amount), cursor);
                return;
            } catch (ManagerException e) {
                reduce(e);
            }
        }
    }

    private void reduce(ManagerException e) {
        if (e.code() != ErrorCode.TOO_LARGE || amount == 1) {
            throw e;
        }
        tooLarge = true;
        amount = Math.max(1, amount / LESS);
    }

    private void forget() {
        chunk = List.of();
        chunkStart = cursor;
        end = -1;
    }

    @Override
    public boolean hasNext() {
        if (!has(cursor) && cursor != end) {
            loadNext();
        }
        return has(cursor);
    }

    @Override
    public E next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        last = cursor++;
        return chunk.get(last - chunkStart);
    }

    @Override
    public boolean hasPrevious() {
        if (cursor > 0 && !has(cursor - 1)) {
            loadPrevious();
        }
        return cursor > 0 && has(cursor - 1);
    }

    @Override
    public E previous() {
        if (!hasPrevious()) {
            throw new NoSuchElementException();
        }
        last = --cursor;
        return chunk.get(last - chunkStart);
    }

    @Override
    public int nextIndex() {
        return cursor;
    }

    @Override
    public int previousIndex() {
        return cursor - 1;
    }

    private int last() {
        if (last < 0) {
            throw new IllegalStateException("next() or previous() first, and once for each change");
        }
        return last;
    }

    private List<@Nullable Object> parts() {
        List<@Nullable Object> all = parts;
        if (all == null) {
            all = new ArrayList<>();
            Encoded received = encoded;
            if (received != null) {
                for (byte[] part : Values.elements(received.payload(), received.at())) {
                    all.add(new Encoded(part, 0));
                }
            }
            parts = all;
        }
        return all;
    }

    /** The element returned last, as it is looked for on the server. */
    private @Nullable Object expected() {
        return has(last) ? parts().get(last - chunkStart) : kept;
    }

    /** Removes the element if it is still there, wherever others have moved it. */
    @Override
    public void remove() {
        int at = list.removeNear(last(), expected());
        if (at < 0) {
            // somebody else removed it: what follows it may have moved up, or not
            at = last;
        }
        cursor = at;
        last = -1;
        forget();
    }

    /**
     * Replaces the element wherever others have moved it.
     *
     * @throws ConcurrentModificationException if it is not there any more
     */
    @Override
    public void set(E element) {
        int at = list.setNear(last(), expected(), element);
        if (at < 0) {
            throw new ConcurrentModificationException("the element was removed or replaced meanwhile");
        }
        if (has(last)) {
            chunk.set(last - chunkStart, element);
            parts().set(last - chunkStart, element);
        } else {
            kept = element;
        }
    }

    @Override
    public void add(E element) {
        list.add(cursor, element);
        cursor++;
        last = -1;
        forget();
    }
}
