package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import java.util.List;
import java.util.ListIterator;
import java.util.NoSuchElementException;

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
    private int chunkStart;
    private int cursor;
    private int last = -1;
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
        chunk = list.slice(from, to);
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

    /** Removes by position: if others moved elements meanwhile it may meet another one. */
    @Override
    public void remove() {
        list.remove(last());
        cursor = last;
        last = -1;
        forget();
    }

    @Override
    public void set(E element) {
        list.set(last(), element);
        if (has(last)) {
            chunk.set(last - chunkStart, element);
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
