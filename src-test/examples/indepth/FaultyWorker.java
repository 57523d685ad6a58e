package indepth;

import io.multiproc.client.process.ManagedProcess;

/** An exception in a process does not reach its parent; the exit code is 1, and Java keeps the trace. */
public class FaultyWorker {
    static void faulty() throws Exception {
        throw new Exception("Something went wrong!");
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess p = new ManagedProcess(FaultyWorker::faulty);
        try {
            p.start();
            p.join();
            System.out.println(
                    "nothing was thrown here, exit code " + p.exitCode().getAsInt());
        } catch (IllegalStateException e) {
            System.out.println("Caught exception: " + e);
        }
        if (p.failure().orElse("").lines().noneMatch(line -> line.contains("Something went wrong!"))) {
            System.out.println("no trace");
        }
    }
}
