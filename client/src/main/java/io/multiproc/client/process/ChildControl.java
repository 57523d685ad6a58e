package io.multiproc.client.process;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A child's ear for its parent: reads, on a thread of its own, what comes over standard input after the task. An interrupt for the target, a question
 * what the target does, or the end of the parent.
 */
final class ChildControl {
    static final int INTERRUPT = 'i';
    static final int STATE = 's';
    static final int TOKEN = 32;

    private static final long FAREWELL_MILLIS = 1_000;

    private final DataInputStream in;
    private final boolean daemon;
    private final int port;
    private @Nullable Thread target;
    private boolean interrupted;
    private volatile boolean closed;

    private ChildControl(DataInputStream in, boolean daemon, int port) {
        this.in = in;
        this.daemon = daemon;
        this.port = port;
    }

    static ChildControl start(DataInputStream in, boolean daemon, int port) {
        ChildControl made = new ChildControl(in, daemon, port);
        Thread ear = new Thread(made::listen, "multiproc-parent-watch");
        ear.setDaemon(true);
        ear.start();
        // a JVM that ends waits 300 milliseconds for threads that are in a call of the system
        Runtime.getRuntime().addShutdownHook(new Thread(made::close, "multiproc-parent-unwatch"));
        return made;
    }

    /** Hears nothing, and the end of that. */
    static void trainingRun() {
        ChildControl made = start(new DataInputStream(InputStream.nullInputStream()), false, 0);
        made.begin();
        made.end();
        made.close();
    }

    /** The current thread is the target's from now on: an interrupt that came before is its. */
    synchronized void begin() {
        target = Thread.currentThread();
        if (interrupted) {
            target.interrupt();
        }
    }

    /** The target is done; what comes now interrupts nothing. */
    synchronized void end() {
        target = null;
        boolean ignored = Thread.interrupted();
    }

    private synchronized void interrupt() {
        interrupted = true;
        if (target != null) {
            target.interrupt();
        }
    }

    private synchronized String state() {
        Thread t = target;
        return t == null ? "" : TargetThread.waitsFor(t.getState(), t.getStackTrace());
    }

    private void listen() {
        try {
            int word;
            while ((word = in.read()) >= 0) {
                if (word == INTERRUPT) {
                    interrupt();
                } else if (word == STATE) {
                    String token = new String(in.readNBytes(TOKEN), StandardCharsets.US_ASCII);
                    FailureReports.answer(port, token, state());
                }
            }
        } catch (IOException e) {
            // as good as its end
        }
        if (daemon && !closed) {
            exit();
        }
    }

    private void close() {
        closed = true;
        try {
            in.close();
        } catch (IOException e) {
            // then it waits
        }
    }

    private static void exit() {
        Thread exit = new Thread(() -> System.exit(1), "multiproc-exit");
        exit.setDaemon(true);
        exit.start();
        try {
            exit.join(FAREWELL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // a shutdown hook that hangs must not keep a daemon alive
        Runtime.getRuntime().halt(1);
    }
}
