package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.util.MapReferenceResolver;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Object identity within one message. Only classes that can be part of a graph take part; values (strings, numbers, dates) are
 * written again, which is shorter. Counts the references that were followed, so that keys can be told not to contain any.
 */
final class References extends MapReferenceResolver {
    private final Set<Object> pure = Collections.newSetFromMap(new IdentityHashMap<>());
    private long followed;

    long followed() {
        return followed;
    }

    /** Remembers an object in which no reference was followed. */
    void addPure(Object object) {
        if (useReferences(object.getClass())) {
            pure.add(object);
        }
    }

    boolean isPure(Object object) {
        return pure.contains(object);
    }

    /** How many objects were read so far, and are being read. */
    int readObjects() {
        return readObjects.size();
    }

    void forEachReadFrom(int index, Consumer<Object> each) {
        for (int i = index; i < readObjects.size(); i++) {
            if (readObjects.get(i) != null) {
                each.accept(readObjects.get(i));
            }
        }
    }

    @Override
    public void reset() {
        super.reset();
        pure.clear();
    }

    @Override
    public int getWrittenId(Object object) {
        int id = super.getWrittenId(object);
        if (id != -1) {
            followed++;
        }
        return id;
    }

    @Override
    @SuppressWarnings("rawtypes") // Kryo's signature
    public Object getReadObject(Class type, int id) {
        followed++;
        Object found = id >= 0 && id < readObjects.size() ? super.getReadObject(type, id) : null;
        if (found == null) {
            throw new KryoException("a reference to an object that is not complete, or does not exist");
        }
        return found;
    }

    @Override
    @SuppressWarnings("rawtypes") // Kryo's signature
    public boolean useReferences(Class type) {
        return super.useReferences(type)
                && type != SkippedSerializer.SkippedConstant.class
                && !StandardClasses.isValue(type);
    }
}
