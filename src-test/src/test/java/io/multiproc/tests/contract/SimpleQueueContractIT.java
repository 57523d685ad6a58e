package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.SimpleQueueProxy;
import org.junit.jupiter.api.Test;

class SimpleQueueContractIT extends Contract {
    @Test
    void puttingAndGetting() throws Exception {
        String name = uniqueName();
        SimpleQueueProxy<String> queue = manager.simpleQueue(name, String.class);
        SimpleQueueProxy<String> twin = other.simpleQueue(name, String.class);
        assertTrue(queue.isEmpty());
        queue.put("a");
        queue.put(null);
        assertFalse(twin.isEmpty());
        assertEquals("a", twin.get());
        assertNull(twin.get());
        Task<String> waiting = start(() -> twin.get());
        await("a get waits", () -> waiters(name) == 1);
        get(queue.putAsync("b"));
        assertEquals("b", waiting.get());
        var future = queue.getAsync();
        queue.put("c");
        assertEquals("c", get(future));
        Task<String> interrupted = start(() -> twin.get());
        await("a get waits", () -> waiters(name) == 1);
        interrupted.thread().interrupt();
        assertThrows(InterruptedException.class, interrupted::get);
        Task<String> orphan = start(() -> twin.get());
        await("a get waits", () -> waiters(name) == 1);
        manager.delete(name);
        assertThrows(NoSuchObjectException.class, orphan::get);
        assertEquals("simple_queue", manager.simpleQueue().typeId());
        assertEquals("simple_queue", manager.simpleQueue(String.class).typeId());
    }
}
