package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PathOptionsTest {
    private static final Set<String> PATHS = Set.of("FILE", "DIR", "PATH");
    private static final Pattern REQUIRED = Pattern.compile("(--[a-z-]+) [A-Z]+");

    /** Of all commands; a variable of a shell that is not set must not become the folder in which the program runs. */
    @Test
    void anEmptyPathIsWrongUsage() {
        int seen = 0;
        for (Subcommand shown : Multiproc.commands(Multiproc.COMMANDS)) {
            for (Inputs.Shape option : shown.inputs.shapes()) {
                if (option.label() == null || !PATHS.contains(option.label())) {
                    continue;
                }
                String name = option.names().get(0);
                Subcommand command = Multiproc.commands(List.of(shown.name())).get(0);
                List<String> words = new ArrayList<>(List.of(name, ""));
                Matcher required = REQUIRED.matcher(command.inputs.synopsis());
                while (required.find()) {
                    if (!required.group(1).equals(name)) {
                        words.addAll(List.of(required.group(1), "x"));
                    }
                }
                UsageException e =
                        assertThrows(UsageException.class, () -> command.inputs.parse(words), () -> words.toString());
                assertTrue(e.getMessage().contains(name + " takes a path, not ''"), e::getMessage);
                seen++;
            }
        }
        assertTrue(seen > 50, seen + " options");
    }
}
