package io.multiproc.tests.process;

import io.multiproc.client.DictProxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.ProcessLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;

/** What the children of the tests do, and a program of its own. */
final class Programs {
    private Programs() {}

    /** An object of a class of ours. */
    record Person(String name) {}

    static void names(QueueProxy<Object> q, Person p) throws InterruptedException {
        q.put(p.name());
    }

    static void square(QueueProxy<Object> results, int n) throws InterruptedException {
        results.put(n * n);
    }

    static void report(DictProxy<Object, Object> facts) throws IOException {
        facts.put("name", ManagedProcess.currentProcess().name());
        facts.put("pid", ManagedProcess.currentProcess().pid());
        facts.put("daemon", ManagedProcess.currentProcess().daemon());
        facts.put("parent", ManagedProcess.parentProcess().orElseThrow().name());
        facts.put("parent pid", ManagedProcess.parentProcess().orElseThrow().pid());
        facts.put("property", System.getProperty("multiproc.test.property", "none"));
        facts.put("processors", ManagedProcess.cpuCount());
        String stat = Files.readString(Path.of("/proc/self/stat"));
        facts.put(
                "nice",
                Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]));
        facts.put("stdin", System.in.read());
    }

    static void takesAllMemory() {
        System.out.println(new long[Integer.MAX_VALUE].length + new long[Integer.MAX_VALUE].length);
    }

    static void wait(QueueProxy<Object> started) throws InterruptedException {
        started.put(ProcessHandle.current().pid());
        Thread.sleep(Long.MAX_VALUE);
    }

    static void sleeps() throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE);
    }

    static void startsADaemon(QueueProxy<Object> started) throws InterruptedException {
        new ManagedProcess(Programs::wait, started).daemon(true).start();
        Thread.sleep(Long.MAX_VALUE);
    }

    static void startsAndReturns(QueueProxy<Object> started, QueueProxy<Object> go) {
        new ManagedProcess(Programs::returnsAfter, started, go).start();
        new ManagedProcess(Programs::wait, started).daemon(true).start();
    }

    static void returnsAfter(QueueProxy<Object> started, QueueProxy<Object> go) throws InterruptedException {
        started.put("waits");
        go.take();
        started.put("done");
    }

    static void fails(String why) {
        throw new IllegalStateException(why);
    }

    static void exits(int code) {
        System.exit(code);
    }

    static void greets(String whom) {
        System.out.println(
                "hello " + whom + " from " + ManagedProcess.currentProcess().name());
        ProcessLog.getLogger().info("greeted");
    }

    /** A class to extend, as in the documents. */
    static final class Summer extends ManagedProcess {
        private final QueueProxy<Object> results;
        private final int[] numbers;
        private final long factor;

        Summer(QueueProxy<Object> results, long factor, int... numbers) {
            this.results = results;
            this.factor = factor;
            this.numbers = numbers;
        }

        @Override
        protected void run() throws InterruptedException {
            long sum = 0;
            for (int n : numbers) {
                sum += n;
            }
            results.put(name() + " " + sum * factor);
        }
    }

    static final class Untransportable extends ManagedProcess {
        final Thread thread = Thread.currentThread();

        @Override
        protected void run() {
            System.out.println(thread);
        }
    }

    public static void main(String[] args) throws InterruptedException {
        ProcessLog.logToStderr(Level.INFO);
        ManagedProcess good = new ManagedProcess(Programs::greets, "world").named("greeter");
        good.start();
        good.join();
        ManagedProcess bad = new ManagedProcess(Programs::fails, "on purpose").named("loser");
        bad.start();
        bad.join();
        System.out.println("exit codes " + good.exitCode().getAsInt() + " "
                + bad.exitCode().getAsInt());
        // not joined: the program waits for it by itself
        new ManagedProcess(Programs::greets, "end").named("last").start();
    }
}
