package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.Outcome;
import io.multiproc.client.StaleTokenException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes that only the present owner of a lock may make. */
class FencingContractIT extends Contract {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onlyThePresentOwnersTokenIsTaken(boolean reentrant) throws Exception {
        LockProxy lock = reentrant ? manager.rlock() : manager.lock();
        DictProxy<String, Integer> dict = manager.dict(String.class, Integer.class);
        lock.lock();
        long first = lock.fencingToken();
        dict.putFenced("a", 1, lock, first);
        get(dict.async().putFenced("b", 2, lock, first));
        assertTrue(lock.isCurrent(first));
        lock.unlock();
        assertFalse(lock.isCurrent(first));
        StaleTokenException free = assertThrows(StaleTokenException.class, () -> dict.putFenced("a", 9, lock, first));
        assertEquals(Outcome.NOT_APPLIED, free.outcome());
        lock.lock();
        long second = lock.fencingToken();
        assertTrue(second > first);
        assertThrows(StaleTokenException.class, () -> dict.putFenced("a", 9, lock, first));
        failure(StaleTokenException.class, dict.async().putFenced("a", 9, lock, first));
        assertThrows(StaleTokenException.class, () -> dict.putFenced("a", 9, lock, second + 1));
        assertFalse(get(lock.async().isCurrent(first)));
        dict.putFenced("a", 3, lock, second);
        assertEquals(Map.of("a", 3, "b", 2), dict);
    }

    @Test
    void theLockMustBeOneOfTheSameManager() {
        DictProxy<String, Integer> dict = manager.dict(String.class, Integer.class);
        assertThrows(IllegalArgumentException.class, () -> dict.putFenced("a", 1, other.lock(), 1));
        String name = uniqueName();
        LockProxy gone = manager.lock(name);
        manager.delete(name);
        assertThrows(NoSuchObjectException.class, () -> dict.putFenced("a", 1, gone, 1));
        assertTrue(dict.isEmpty());
    }
}
