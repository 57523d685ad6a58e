package io.multiproc.client.internal.code;

import io.multiproc.client.ManagerOptions;

/** The classes that this process may read and write where nobody says otherwise: in a child, those of its parent's letter. */
public final class ProcessOptions {
    private static volatile ManagerOptions current = ManagerOptions.defaults();

    private ProcessOptions() {}

    public static ManagerOptions current() {
        return current;
    }

    public static void set(ManagerOptions options) {
        current = options;
    }
}
