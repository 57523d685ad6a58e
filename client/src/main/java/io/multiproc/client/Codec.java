package io.multiproc.client;

import io.multiproc.client.internal.value.BytesCodec;

/**
 * A way of writing objects of user classes, chosen for a manager by {@link ManagerOptions#withCodec}. Everything else (texts, numbers, dates, byte arrays,
 * lists, sets, maps, tuples, proxies) travels in the protocol's own form whatever the codec is, and is understood by all programs.
 * The default is Kryo; {@link io.multiproc.client.json.JsonCodec} writes JSON, {@link #bytes} nothing. Each stored object tells the number of
 * its codec; a reader with another codec throws {@link SerializationException}, which names both.
 *
 * <p>Implementations are thread-safe. They write equal objects as equal bytes where objects are to be compared, as {@code replace(key, old, new)} does.
 */
public interface Codec {
    /**
     * {@return the number that is stored with each object} 16 to 255 without 75 for codecs of programs, the same in every program that reads their
     * objects; below are those of the library, of which 4 is JSON.
     */
    int id();

    /**
     * {@return the bytes of an object}
     *
     * @param object an object for which the protocol has no form of its own
     * @param classes the classes that the options register and allow
     * @throws Exception if it cannot be written; the caller gets a {@link SerializationException}, and nothing is sent
     */
    byte[] encode(Object object, SharedClasses classes) throws Exception;

    /**
     * {@return the object of bytes} They may come from anybody who has the key: a codec makes no objects of classes that {@code classes} does not know.
     *
     * @param bytes what a codec of this number has written, perhaps another version of it
     * @param classes the classes that the options register and allow
     * @throws Exception if they cannot be read; the caller gets a {@link SerializationException}
     */
    Object decode(byte[] bytes, SharedClasses classes) throws Exception;

    /**
     * {@return the codec of programs that write objects themselves} It writes no objects of user classes, only what is bytes already: byte arrays, and
     * {@link OpaqueObject}s. It reads objects of every codec as {@link OpaqueObject}s, so it also suits programs that pass on what they do not know.
     */
    static Codec bytes() {
        return BytesCodec.INSTANCE;
    }
}
