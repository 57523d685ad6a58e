package io.multiproc.peers;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What the workloads ask of a product. What it does not offer throws {@link Unsupported}, which the table shows as a dash. */
interface Client extends AutoCloseable {
    /** The product has no such operation. */
    final class Unsupported extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Stores without returning what was there before. */
    default void put(String key, String value) throws Exception {
        throw new Unsupported();
    }

    default Object get(String key) throws Exception {
        throw new Unsupported();
    }

    default CompletionStage<?> putLater(String key, String value) throws Exception {
        throw new Unsupported();
    }

    default CompletionStage<?> getLater(String key) throws Exception {
        throw new Unsupported();
    }

    /** Adds to the common queue; waits while it is full, if the product's queues can be bounded. */
    default void produce(String item) throws Exception {
        throw new Unsupported();
    }

    /** Takes from the common queue, waiting for an item. */
    default String consume() throws Exception {
        throw new Unsupported();
    }

    /** Takes and releases a lock that all workers share. */
    default void lockAndUnlock() throws Exception {
        throw new Unsupported();
    }

    /** Adds one to the common counter and learns the new value. */
    default long increment() throws Exception {
        throw new Unsupported();
    }

    default void putBytes(String key, byte[] value) throws Exception {
        throw new Unsupported();
    }

    default byte[] getBytes(String key) throws Exception {
        throw new Unsupported();
    }

    default void putAll(Map<String, String> entries) throws Exception {
        throw new Unsupported();
    }

    /** Makes the common list hold this many elements. */
    default void fillList(int size) throws Exception {
        throw new Unsupported();
    }

    /** Walks through the common list, and returns how many elements it has seen. */
    default int walkList() throws Exception {
        throw new Unsupported();
    }

    /** The element of the common list at the index. */
    default CompletionStage<?> elementLater(int index) throws Exception {
        throw new Unsupported();
    }

    /** Inserts an element into the common list before the index and removes it again; both in flight. */
    default CompletionStage<?> insertAndRemoveLater(int index) throws Exception {
        throw new Unsupported();
    }

    /** Acquires the common lock for one of many holders. */
    default CompletionStage<?> lockLater(int holder) throws Exception {
        throw new Unsupported();
    }

    /** Releases the common lock that the holder has. */
    default CompletionStage<?> unlockLater(int holder) throws Exception {
        throw new Unsupported();
    }

    @Override
    void close() throws Exception;
}
