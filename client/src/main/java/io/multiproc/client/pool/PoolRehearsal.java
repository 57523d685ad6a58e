package io.multiproc.client.pool;

import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.LambdaCodec;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.process.Task;
import java.util.List;

/** A worker's whole way with some tasks, within this process: a JVM of the reserve does so while it waits, which finds this class by its name. */
public final class PoolRehearsal implements Runnable {
    private static final String KEY = "rehearsal";

    /** For who finds it by its name. */
    public PoolRehearsal() {}

    @Override
    public void run() {
        ManagerOptions options = ManagerOptions.defaults();
        Task.Of1<Integer, Integer> task = PoolRehearsal::next;
        try (Pipe pipe = Pipe.open(true)) {
            Connection taken = Connection.take(pipe.second().token());
            WorkerLoop loop = new WorkerLoop(
                    new PipeOwnerLink(taken, () -> {}), KEY, KEY, TaskCodec.describe(options), List.of());
            Thread worker = new Thread(
                    () -> {
                        try {
                            loop.run();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    KEY);
            worker.start();
            Tuple names = LambdaCodec.of(task);
            TaskCodec codec = new TaskCodec(null, TaskCodec.withHome(options, LambdaCodec.home(names)));
            Tuple code = Tuple.of(Job.travelling(names, codec), false);
            long chunk = 0;
            for (List<?> items : List.of(List.of(1, 2, 3), List.of("a", 1L), List.of(2.0))) {
                Tuple one = Tuple.of(++chunk, 1, 0, 0, codec.packAll(items));
                pipe.first().send(Tuple.of("run", List.of(code), List.of(one)));
            }
            pipe.first().send(Tuple.of("stop"));
            Object ignored;
            do {
                ignored = pipe.first().recv();
            } while (!(ignored instanceof Tuple t && "leave".equals(t.get(0))));
            worker.join();
            taken.close();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Integer next(Integer n) {
        return n + 1;
    }
}
