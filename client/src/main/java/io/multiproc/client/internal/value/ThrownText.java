package io.multiproc.client.internal.value;

import java.io.PrintWriter;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/**
 * The texts of exceptions that code of users has thrown, for those who are elsewhere. Never throws, and never makes more than a bounded text, whatever the exception's own
 * methods do: {@code getMessage}, {@code toString}, {@code getCause} and {@code printStackTrace} are the users' code too.
 */
public final class ThrownText {
    private static final int MAX_MESSAGE = 1 << 20;
    private static final int MAX_TRACE = 64 << 10;
    /** A chain of more causes is not printed by recursion, as {@link Throwable#printStackTrace()} does. */
    private static final int MAX_CAUSES = 100;

    private static final int SHOWN_CAUSES = 20;
    private static final int SHOWN_FRAMES = 100;

    private ThrownText() {}

    /** Its message, or what came of asking for it. */
    public static @Nullable String message(Throwable t) {
        try {
            String text = t.getMessage();
            return text == null || text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE) + "...";
        } catch (Throwable e) { // the user's code
            return failed("getMessage", e);
        }
    }

    /** Its stack trace with those of its causes. */
    public static String trace(Throwable t) {
        if (hasFewCauses(t)) {
            try {
                BoundedWriter out = new BoundedWriter();
                t.printStackTrace(new PrintWriter(out));
                return out.toString();
            } catch (Throwable e) { // the user's code, or too deep
                return plainTrace(t);
            }
        }
        return plainTrace(t);
    }

    private static boolean hasFewCauses(Throwable t) {
        try {
            Throwable cause = t;
            for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
                cause = cause.getCause();
            }
            return cause == null;
        } catch (Throwable e) { // the user's code
            return false;
        }
    }

    /** Without calling more of the user's code than it must, and without recursion. */
    private static String plainTrace(Throwable t) {
        BoundedWriter out = new BoundedWriter();
        Throwable at = t;
        for (int i = 0; at != null; i++) {
            if (i == SHOWN_CAUSES) {
                out.append("Caused by: ...\n");
                break;
            }
            out.append(i == 0 ? "" : "Caused by: ").append(at.getClass().getName());
            String message = message(at);
            out.append(message == null ? "" : ": " + message).append("\n");
            try {
                StackTraceElement[] frames = at.getStackTrace();
                for (int f = 0; f < Math.min(frames.length, SHOWN_FRAMES); f++) {
                    out.append("\tat ").append(String.valueOf(frames[f])).append("\n");
                }
                Throwable cause = at.getCause();
                at = cause == at ? null : cause;
            } catch (Throwable e) { // the user's code
                out.append(failed("getCause or getStackTrace", e)).append("\n");
                break;
            }
        }
        return out.toString();
    }

    private static String failed(String method, Throwable e) {
        return "(its " + method + " threw " + e.getClass().getName() + ")";
    }

    /** Takes so many characters and drops the rest. */
    private static final class BoundedWriter extends Writer {
        private final StringBuilder text = new StringBuilder();
        private boolean full;

        @Override
        public void write(char[] from, int start, int length) {
            int room = Math.min(length, MAX_TRACE - text.length());
            text.append(from, start, room);
            full |= room < length;
        }

        @Override
        public BoundedWriter append(CharSequence s) {
            char[] all = s.toString().toCharArray();
            write(all, 0, all.length);
            return this;
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}

        @Override
        public String toString() {
            return full ? text + "..." : text.toString();
        }
    }
}
