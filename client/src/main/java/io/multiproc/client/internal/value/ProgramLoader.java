package io.multiproc.client.internal.value;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The class loader that knows the program's classes: the calling thread's, as usual. Up to JDK 21 that of a program that the JDK runs from its source file is no thread's: it is
 * found by the frames on the stack of the thread that asks first.
 */
public final class ProgramLoader {
    private static final String SOURCE = "jdk.launcher.sourcefile";
    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private static volatile @Nullable ClassLoader ofSource;

    private ProgramLoader() {}

    /** The loader, or null if the thread has none. */
    public static @Nullable ClassLoader current() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (context != ClassLoader.getSystemClassLoader() || System.getProperty(SOURCE) == null) {
            return context;
        }
        ClassLoader known = ofSource;
        if (known == null) {
            known = WALKER.walk(frames -> frames.map(f -> f.getDeclaringClass().getClassLoader())
                    .filter(Objects::nonNull)
                    .filter(l -> l.getClass().getName().startsWith("com.sun.tools.javac.launcher."))
                    .findFirst()
                    .orElse(null));
            ofSource = known;
        }
        return known == null ? context : known;
    }
}
