package indepth;

import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.ProcessLog;
import java.util.logging.Level;

/** Five processes write to the log that all share. */
public class SimpleLogging {
    static void worker() {
        ProcessLog.getLogger().info(ManagedProcess.currentProcess().name() + " is executing.");
    }

    public static void main(String[] args) throws Exception {
        ProcessLog.logToStderr(Level.INFO);
        for (int i = 0; i < 5; i++) {
            new ManagedProcess(SimpleLogging::worker).start();
        }
    }
}
