package indepth;

import io.multiproc.client.process.ManagedProcess;

/** An exception that the process itself handles. */
public class CaughtException {
    static void worker() {
        try {
            throw new IllegalArgumentException("Something went wrong!");
        } catch (IllegalArgumentException e) {
            System.out.println("Caught exception: " + e.getMessage());
        }
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess p = new ManagedProcess(CaughtException::worker);
        p.start();
        p.join();
    }
}
