package io.multiproc.server.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A terminal that shows one look at a time, from its first line on: the header stays where it is, and what does not fit is left out. */
final class Screen {
    private static final String HOME = "\u001b[H";
    private static final String END_OF_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final int rows;
    private final int columns;

    Screen(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /** The one that standard output is; null if it is none, or if nobody knows how large it is. */
    static @Nullable Screen ofTerminal() {
        try {
            Process p = new ProcessBuilder("sh", "-c", "test -t 1 && stty size </dev/tty >&2")
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String said = new String(p.getErrorStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            boolean ended = p.waitFor(2, TimeUnit.SECONDS);
            if (!ended || p.exitValue() != 0 || !said.matches("[0-9]{1,5} [0-9]{1,5}")) {
                return null;
            }
            String[] size = said.split(" ", 2);
            int rows = Integer.parseInt(size[0]);
            int columns = Integer.parseInt(size[1]);
            return rows < 4 || columns < 10 ? null : new Screen(rows, columns);
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** What replaces the look before. */
    String frame(String title, List<String> lines) {
        StringBuilder out = new StringBuilder(HOME);
        line(title, out);
        // the last row stays free, for the cursor
        int room = rows - 2;
        int shown = lines.size() <= room ? lines.size() : room - 1;
        for (String text : lines.subList(0, shown)) {
            line(text, out);
        }
        if (shown < lines.size()) {
            line("… " + (lines.size() - shown) + " more lines", out);
        }
        return out.append(CLEAR_BELOW).toString();
    }

    private void line(String text, StringBuilder out) {
        out.append(text, 0, Math.min(text.length(), columns))
                .append(END_OF_LINE)
                .append('\n');
    }
}
