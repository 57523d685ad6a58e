package io.multiproc.client.internal.handle;

import io.multiproc.client.internal.kryo.HandleClasses;
import io.multiproc.client.internal.value.Blueprint;
import io.multiproc.client.memory.ShareableList;
import io.multiproc.client.memory.SharedArray;
import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.memory.SharedMemory;
import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.pipe.Connection;
import java.lang.invoke.MethodHandles;

/** The classes of pipes and shared memory that travel as a text. */
public final class StandardHandles implements HandleClasses {
    /** For {@link HandleClasses}, which finds it by its name. */
    public StandardHandles() {}

    @Override
    @SuppressWarnings("rawtypes") // the type of a class literal
    public void addTo(Table table) {
        table.add(110, Connection.class, true, Connection::token, Connection::take);
        table.add(111, SharedMemory.class, true, SharedMemory::name, SharedMemory::attach);
        table.add(112, ShareableList.class, true, ShareableList::name, ShareableList::attach);
        table.add(113, SharedLock.class, true, SharedLock::name, SharedLock::attach);
        table.add(114, SharedValue.class, false, SharedValue::handle, SharedValue::ofHandle);
        table.add(115, SharedArray.class, false, SharedArray::handle, SharedArray::ofHandle);
        table.add(116, Blueprint.class, true, Blueprint::text, StandardHandles::blueprint);
    }

    private static Blueprint blueprint(String text) {
        try {
            // it says itself how it is put together
            Class<?> ignored = MethodHandles.lookup().ensureInitialized(Connection.class);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        return new Blueprint(text);
    }
}
