package io.multiproc.client.process;

import java.util.List;

/** What the thread of a child's target does, told from its stack: nothing has to be noted in each call for it. */
final class TargetThread {
    private static final String LIBRARY = "io.multiproc.client.";
    /** Of these, the native methods wait. */
    private static final List<String> INPUT_AND_OUTPUT = List.of("sun.nio.ch.", "java.net.", "java.io.", "sun.net.");

    private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.");

    private TargetThread() {}

    /** What it waits for; empty if it has something to do. */
    static String waitsFor(Thread.State state, StackTraceElement[] stack) {
        if (stack.length == 0 || state == Thread.State.RUNNABLE && !waits(stack[0])) {
            return "";
        }
        StackTraceElement found = stack[0];
        for (StackTraceElement e : stack) {
            String c = e.getClassName();
            // this package's frames below the target are ours
            if (!isJdk(c) && !c.startsWith(LIBRARY) || c.startsWith(LIBRARY + "process.")) {
                break;
            }
            found = e;
        }
        String name = found.getClassName();
        return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1) + "." + found.getMethodName();
    }

    private static boolean isJdk(String name) {
        return JDK.stream().anyMatch(name::startsWith);
    }

    private static boolean waits(StackTraceElement top) {
        return top.isNativeMethod() && INPUT_AND_OUTPUT.stream().anyMatch(top.getClassName()::startsWith);
    }
}
