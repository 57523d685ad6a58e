package io.multiproc.server.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.state.SharedState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When images are written, what of the log goes with them, and what clients read of them. */
@Timeout(60)
class ImageKeeperTest {
    private static final long MUCH = 65 << 20;

    @TempDir
    private Path folder;

    private final ExecutorService engine = Executors.newSingleThreadExecutor();
    private final SharedState state = new SharedState();
    private final AtomicLong logged = new AtomicLong();
    private final List<Long> trimmed = new CopyOnWriteArrayList<>();
    /** The images that there were when the log was brought to the disk. */
    private final List<List<Long>> securedWith = new CopyOnWriteArrayList<>();

    private Images images = new Images(Path.of(""), "test");

    @BeforeEach
    void begin() {
        images = new Images(folder, "test");
    }

    @AfterEach
    void end() {
        engine.shutdownNow();
    }

    private ImageKeeper keeper() throws Exception {
        ImageKeeper keeper =
                new ImageKeeper(images, () -> state.image(System::nanoTime), logged::get, 0, new ImageKeeper.Logs() {
                    @Override
                    public void secure() throws IOException {
                        securedWith.add(images.indices());
                    }

                    @Override
                    public void trimBefore(long index, long kept) {
                        trimmed.add(index);
                    }
                });
        keeper.start(engine);
        return keeper;
    }

    private long step() throws Exception {
        return engine.submit(() -> {
                    Reply unused = state.apply(
                            new Entry(1, 0, 0, new Command.SessionOpened("s", "test")), (s, r, reply) -> {});
                    return state.lastIndex();
                })
                .get();
    }

    private static void awaitImage(ImageKeeper keeper, long index) throws InterruptedException {
        while (keeper.stats().index() != index) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static Reply asked(Consumer<Consumer<Reply>> question) throws Exception {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        question.accept(answer::complete);
        return answer.get(20, TimeUnit.SECONDS);
    }

    @Test
    void muchLogMakesAnImageAndTheLogBeforeTheOneBeforeItGoes() throws Exception {
        ImageKeeper keeper = keeper();
        long first = step();
        logged.addAndGet(MUCH);
        awaitImage(keeper, first);
        long second = step();
        logged.addAndGet(MUCH);
        awaitImage(keeper, second);
        long third = step();
        logged.addAndGet(MUCH);
        awaitImage(keeper, third);
        keeper.finish();
        engine.submit(() -> {}).get();
        assertEquals(List.of(third, second), images.indices());
        assertEquals(first + 1, trimmed.get(0));
        assertEquals(
                List.of(List.of(), List.of(first), List.of(second, first)),
                securedWith,
                "no image is ahead of what is on the disk of its log");
        assertTrue(
                keeper.stats().bytes() > 0 && keeper.facts().get("image_error") == null,
                keeper.facts().toString());
    }

    @Test
    void aBackupIsReadToItsEndAndOverWhenAnotherBegins() throws Exception {
        ImageKeeper keeper = keeper();
        long index = step();
        Reply begun = asked(keeper::begin);
        assertFalse(begun.isError(), begun.toString());
        byte[] file = Files.readAllBytes(images.path(index));
        // it is read although its file is gone
        Files.delete(images.path(index));
        Reply part = asked(then -> keeper.read(1, 8, 10, then));
        assertEquals(10, Values.skip(part.value(), 0) - 2, "a tag and a length before the bytes");
        assertTrue(asked(then -> keeper.read(1, file.length + 1L, 10, then)).isError());
        assertFalse(asked(then -> keeper.read(1, file.length, 10, then)).isError());
        long unused = step();
        assertFalse(asked(keeper::begin).isError());
        Reply over = asked(then -> keeper.read(1, 0, 10, then));
        assertTrue(over.isError() && over.message().contains("begin again"), over.toString());
        keeper.finish();
    }

    @Test
    void aFolderThatCannotBeWrittenIsToldAndTriedAgain() throws Exception {
        Path gone = Files.createDirectory(folder.resolve("gone"));
        images = new Images(gone, "test");
        ImageKeeper keeper = keeper();
        long unused = step();
        Files.delete(gone);
        Reply refused = asked(keeper::begin);
        assertTrue(refused.isError() && refused.message().contains("no image could be written"), refused.toString());
        Files.createDirectory(gone);
        assertFalse(asked(keeper::begin).isError());
        assertTrue(keeper.facts().containsKey("image_error") && keeper.facts().get("image_error") == null);
        keeper.finish();
    }
}
