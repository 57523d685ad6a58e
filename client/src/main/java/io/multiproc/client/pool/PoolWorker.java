package io.multiproc.client.pool;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Tuple;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A process that works for a named pool of another process, on this host or another: what {@code multiproc worker} starts. It runs
 * code of its own class path only. It ends when the pool does, or its owner; on SIGTERM it finishes the task at hand, gives back what it has not
 * begun, and leaves.
 */
public final class PoolWorker {
    /** The exit code of a worker that cannot work, as opposed to one that a task ended. */
    public static final int CANNOT_WORK = 70;

    private static final long LOOK_MILLIS = 100;
    private static final long FAREWELL_SECONDS = 60;

    private PoolWorker() {}

    /**
     * Arguments: pool, address, seconds to wait for the pool, then the packages whose code and classes are taken (none: all). Standard
     * input: the key in hexadecimal in one line; its end ends the worker.
     *
     * @param args the program's arguments
     * @throws IOException if this end or the other one was closed, or its process has ended
     * @throws InterruptedException if this thread is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        String key = in.readLine();
        System.setIn(InputStream.nullInputStream());
        if (key == null || args.length < 3) {
            throw new IOException("this program is started by 'multiproc worker'");
        }
        endWith(in);
        String host = hostName();
        String name = host + "/" + ProcessHandle.current().pid();
        ManagerOptions options = ManagerOptions.defaults()
                .withAddress(args[1])
                .withAuthkey(HexFormat.of().parseHex(key))
                .withName("worker " + name);
        int code = CANNOT_WORK;
        try (Manager manager = Manager.connect(options)) {
            code = work(manager, args[0], Duration.ofSeconds(Long.parseLong(args[2])), name, args);
        } catch (ManagerException | CompletionException e) {
            System.err.println("multiproc worker: " + WorkerLoop.loss(e));
        }
        if (code != 0) {
            Runtime.getRuntime().halt(code);
        }
    }

    private static int work(Manager manager, String pool, Duration patience, String name, String[] args)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Tuple objects;
        while ((objects = NamedPool.find(manager, pool)) == null) {
            if (System.nanoTime() - deadline >= 0) {
                System.err.println("multiproc worker: there is no pool '" + pool + "' on " + manager.address());
                return CANNOT_WORK;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        List<String> only = Arrays.asList(args).subList(3, args.length);
        Map<?, ?> configuration = WorkerLoop.configuration(objects);
        ManagerOwnerLink owner = new ManagerOwnerLink(manager, objects, WorkerLoop.pool(configuration));
        WorkerLoop loop = new WorkerLoop(owner, UUID.randomUUID().toString(), name, configuration, only);
        CountDownLatch left = new CountDownLatch(1);
        Thread leave = new Thread(
                () -> {
                    loop.leave();
                    try {
                        boolean ignored = left.await(FAREWELL_SECONDS, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "multiproc-leave");
        Runtime.getRuntime().addShutdownHook(leave);
        // the pool is over: nobody waits for what is being done
        owner.watchOwner(() -> {
            System.out.println("multiproc worker: the pool '" + pool + "' is over");
            System.out.flush();
            Runtime.getRuntime().halt(0);
        });
        System.out.println("multiproc worker " + name + " joins pool '" + pool + "'");
        System.out.flush();
        try {
            loop.run();
        } finally {
            manager.close();
            left.countDown();
        }
        return 0;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    private static void endWith(BufferedReader in) {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (in.read() >= 0) {
                            // nothing more is said
                        }
                    } catch (IOException e) {
                        // as good as its end
                    }
                    // who started it is dead: nobody would end it otherwise
                    Runtime.getRuntime().halt(1);
                },
                "multiproc-parent-watch");
        watch.setDaemon(true);
        watch.start();
    }
}
