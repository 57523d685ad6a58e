package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the shells offer. */
class CompletionTest {
    @TempDir
    private Path folder = Path.of("");

    /** What bash offers for the last of the words. */
    private List<String> offered(String... words) throws Exception {
        Path script = folder.resolve("completion");
        Files.writeString(script, Completion.bash());
        List<String> command = new ArrayList<>(List.of(
                "bash",
                "-c",
                "source \"$0\"; COMP_WORDS=(multiproc \"$@\"); COMP_CWORD=$#; _multiproc; printf '%s\\n' \"${COMPREPLY[@]}\"",
                script.toString()));
        command.addAll(Arrays.asList(words));
        ProcessBuilder b =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        b.environment().put("XDG_CONFIG_HOME", folder.toString());
        Process p = b.start();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(p.waitFor(30, TimeUnit.SECONDS));
        return said.lines().filter(l -> !l.isEmpty()).toList();
    }

    @Test
    void bashOffersCommandsOptionsFilesAndContexts() throws Exception {
        assertEquals(List.of("serve", "sessions", "shutdown"), offered("s"));
        assertEquals(
                List.of("purge", "put", "peek").stream().sorted().toList(),
                offered("queue", "p").stream().sorted().toList());
        assertEquals(List.of("--json", "--json-key"), offered("get", "--js"));
        assertEquals(List.of("--wait"), offered("queue", "get", "--w"));
        assertEquals(
                List.of("bash", "zsh"),
                offered("completion", "").stream()
                        .filter(w -> !w.startsWith("-"))
                        .toList());
        Files.writeString(folder.resolve("my.key"), "x");
        assertEquals(List.of("my.key"), offered("ping", "--authkey-file", "my"));
        assertEquals(List.of(), offered("ping", "--timeout", ""));
        new Contexts(folder.resolve("multiproc")).add(new Contexts.Context("prod", "tcp://x:1", null));
        assertEquals(List.of("prod"), offered("ping", "-c", "p"));
        assertEquals(List.of("default", "prod"), offered("-c", ""));
        assertEquals(List.of("--watch"), offered("-c", "prod", "objects", "--w"));
        assertEquals(List.of("--watch"), offered("--address", "tcp://x:1", "objects", "--w"));
        for (String verb : List.of("use", "remove")) {
            assertEquals(List.of("prod"), offered("context", verb, "p"));
        }
    }

    @Test
    void bothKnowEveryCommandAndOption() {
        String bash = Completion.bash();
        String zsh = Completion.zsh();
        for (Subcommand command : Multiproc.commands(Multiproc.COMMANDS)) {
            assertTrue(bash.contains("'" + command.name() + "') words="), command.name());
            assertTrue(zsh.contains("'" + command.name() + "')\n"), command.name());
            for (Inputs.Shape shape : command.inputs.shapes()) {
                shape.names().forEach(name -> assertTrue(zsh.contains("'*" + name + "["), name));
            }
        }
    }
}
