package io.multiproc.tests.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code serve --data} says of a folder that is not as it should be. */
@Tag("jdk")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DataFolderIT {
    private static final String KEY = "a key of more than sixteen bytes";
    private static final String FIRST = "00000000000000000001.log";

    @TempDir
    Path folder;

    private Commands commands;

    @BeforeEach
    void begin() {
        commands = new Commands(KEY, folder);
    }

    @AfterEach
    void end() throws InterruptedException {
        commands.close();
    }

    private Path data() {
        return folder.resolve("data");
    }

    /** Makes a folder with a log. */
    private void make() throws Exception {
        Commands.Running server = commands.serve(data(), "--share", "scores=dict");
        server.ready();
        server.process().destroyForcibly().waitFor();
    }

    @Test
    void aLinkToNothingIsToldAsOne() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));
        commands.serve(link)
                .ends(1, "data folder " + link + " is a link to nowhere, which is not there", "create that");
        assertFalse(Files.exists(folder.resolve("nowhere")));
    }

    @Test
    void aFileWithAnothersNameIsTold() throws Exception {
        make();
        Path renamed = Files.move(data().resolve(FIRST), data().resolve("00000000000000000007.log"));
        commands.serve(data())
                .ends(1, "log file " + renamed + " holds the log from command 1 on", "give it back its own, " + FIRST);
        Files.move(renamed, data().resolve(FIRST));
        commands.serve(data()).ready();
    }

    @Test
    void whatIsNoLogIsNamed() throws Exception {
        make();
        Files.createDirectory(data().resolve("lost+found"));
        for (String name : new String[] {FIRST + ".bak", "a", "b", "c", "d", "e"}) {
            Files.writeString(data().resolve(name), "x");
        }
        Commands.Running server = commands.serve(data());
        server.ready();
        String said = server.errors();
        assertTrue(
                said.contains("data folder " + data() + " has what is no file of a log: " + FIRST
                        + ".bak, a, b, c, d and 1 more; it is left alone"),
                said);
        server.process().destroy();
        server.ends(0);
        assertEquals("x", Files.readString(data().resolve("a")));
    }

    @Test
    void whatWasNamedByMistakeIsUsageOrNamed() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "no backup at all, but some text that is long enough");
        commands.serve(data(), "--restore", text.toString())
                .ends(1, text + " is not a backup", "See 'multiproc serve --help'");
        commands.serve(data(), "--audit", folder.toString()).ends(1, "audit file " + folder + " is a folder");
        commands.start("ping", "--address", "tls://127.0.0.1:1", "--tls-ca", folder.toString())
                .ends(1, folder + " is a folder", "See 'multiproc ping --help'");
    }

    /** There is room for the folder and the lock only. */
    @Test
    void aDiskThatIsFullAtTheFirstStartIsToldAsLater() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Commands.Running full = commands.onDisk(
                "1m",
                disk,
                "{ head -c 2000000 /dev/zero >\"$1/zero\" 2>/dev/null;"
                        + " \"$0\" serve --listen tcp://127.0.0.1:0 --data \"$1/data\"; code=$?; cat \"$1/data/lock\" >&2;"
                        + " rm \"$1/zero\"; mount -o remount,size=50m \"$1\";"
                        + " \"$0\" serve --listen tcp://127.0.0.1:0 --data \"$1/data\" & read line; kill $!; wait $!; exit $code; }");
        full.ready(); // the second start, with room
        full.process().getOutputStream().write("\n".getBytes(StandardCharsets.US_ASCII));
        full.process().getOutputStream().flush();
        full.ends(74);
        String said = full.errors();
        assertTrue(said.contains("No space left on device") && said.contains("Make room on that disk"), said);
    }
}
