package io.multiproc.server.log;

/**
 * When what was written to the log is brought to the disk.
 *
 * @param millis 0: before it is answered; more: so many milliseconds after it was written at the latest, and answers do not wait; -1: when the system does so
 */
public record Fsync(int millis) {
    /** An answered command survives the end of the machine. */
    public static final Fsync ALWAYS = new Fsync(0);
    /** An answered command survives the end of the process. */
    public static final Fsync NEVER = new Fsync(-1);

    private static final int MOST_MILLIS = 60_000;

    public Fsync {
        if (millis < -1 || millis > MOST_MILLIS) {
            throw new IllegalArgumentException("always, never, or 1 to " + MOST_MILLIS + " milliseconds");
        }
    }

    /**
     * Reads {@code always}, {@code never} or a number of milliseconds.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    public static Fsync parse(String text) {
        if (text.equals("always")) {
            return ALWAYS;
        }
        if (text.equals("never")) {
            return NEVER;
        }
        if (!text.matches("[1-9][0-9]{0,4}")) {
            throw new IllegalArgumentException(text);
        }
        return new Fsync(Integer.parseInt(text));
    }

    @Override
    public String toString() {
        return millis == 0 ? "always" : millis < 0 ? "never" : millis + " ms";
    }
}
