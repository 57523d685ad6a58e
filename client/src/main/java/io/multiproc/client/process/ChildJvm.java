package io.multiproc.client.process;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A child JVM that was started, and what was made for it.
 *
 * @param process its process
 * @param options what it was started with
 * @param flags the flags that it has by its options
 * @param debugPort where it waits for a debugger; -1 without
 * @param profile its part of a profile
 */
record ChildJvm(
        Process process, ChildOptions options, List<String> flags, int debugPort, @Nullable ProfilePart profile) {}
