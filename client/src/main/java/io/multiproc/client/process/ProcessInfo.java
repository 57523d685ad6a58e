package io.multiproc.client.process;

import org.jspecify.annotations.Nullable;

/** A process as others know it: its name, its id, whether it ends with its parent. Immutable. */
public record ProcessInfo(String name, long pid, boolean daemon) {
    private static volatile ProcessInfo current =
            new ProcessInfo("MainProcess", ProcessHandle.current().pid(), false);
    private static volatile @Nullable ProcessInfo parent;

    static ProcessInfo current() {
        return current;
    }

    static @Nullable ProcessInfo parent() {
        return parent;
    }

    static void become(ProcessInfo self, ProcessInfo starter) {
        current = self;
        parent = starter;
    }
}
