package io.multiproc.server.access;

import java.io.IOException;

/** Where the keys of a server are from. Asked at its start and whenever the keys are to be read again. */
@FunctionalInterface
public interface KeySource {
    /**
     * Reads the keys. May block.
     *
     * @throws IOException if they cannot be used, with a text that says what to do and quotes nothing secret
     */
    KeyRing load() throws IOException;
}
