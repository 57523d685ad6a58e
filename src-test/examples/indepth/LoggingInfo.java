package indepth;

import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.ProcessLog;
import java.util.logging.Level;

/** The log of processes on standard error: what the library says itself, and what the program adds. */
public class LoggingInfo {
    static void worker() {
        ProcessLog.getLogger().info("Worker Function");
        System.out.println("Doing some work");
    }

    public static void main(String[] args) throws Exception {
        ProcessLog.logToStderr(Level.INFO);
        ManagedProcess p = new ManagedProcess(LoggingInfo::worker);
        p.start();
        p.join();
    }
}
