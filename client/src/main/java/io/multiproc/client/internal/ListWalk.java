package io.multiproc.client.internal;

import io.multiproc.client.ListProxy;
import java.util.List;
import java.util.ListIterator;
import java.util.NoSuchElementException;

/** Iterates a list by position, bringing elements in chunks around the cursor. */
public final class ListWalk<E> implements ListIterator<E> {
    private static final int CHUNK = 1000;

    private final ListProxy<E> list;
    private List<E> chunk = List.of();
    private int chunkStart;
    private int cursor;
    private int last = -1;

    public ListWalk(ListProxy<E> list, int index) {
        this.list = list;
        cursor = index;
    }

    private boolean has(int index) {
        return index >= chunkStart && index < chunkStart + chunk.size();
    }

    private boolean load(int from, int wanted) {
        if (!has(wanted)) {
            chunk = list.slice(from, from + CHUNK);
            chunkStart = from;
        }
        return has(wanted);
    }

    private void forget() {
        chunk = List.of();
        chunkStart = cursor;
    }

    @Override
    public boolean hasNext() {
        return load(cursor, cursor);
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
        return cursor > 0 && load(Math.max(0, cursor - CHUNK), cursor - 1);
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
