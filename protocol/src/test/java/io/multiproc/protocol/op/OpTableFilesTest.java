package io.multiproc.protocol.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The operation table as written down for people and other languages is the one in the code. -Dupdate=true rewrites it. */
class OpTableFilesTest {
    private static final String START = "<!-- operation table -->\n";
    private static final String END = "<!-- end of operation table -->";
    private static final String HINT = "; run the tests of protocol with -Dupdate=true and look at the difference";

    @Test
    void tsv() throws IOException {
        Path file = Path.of("op-table.tsv");
        if (Boolean.getBoolean("update")) {
            Files.writeString(file, OpTable.asTsv());
        }
        assertEquals(OpTable.asTsv(), Files.readString(file), file + HINT);
    }

    @Test
    void protocolDocument() throws IOException {
        Path file = Path.of("PROTOCOL.md");
        String text = Files.readString(file);
        int from = text.indexOf(START) + START.length();
        int to = text.indexOf(END);
        assertTrue(from >= START.length() && to >= from, "the markers of the operation table are missing");
        if (Boolean.getBoolean("update")) {
            text = text.substring(0, from) + OpTable.asMarkdown() + text.substring(to);
            Files.writeString(file, text);
            to = text.indexOf(END);
        }
        assertEquals(OpTable.asMarkdown(), text.substring(from, to), file + HINT);
    }
}
