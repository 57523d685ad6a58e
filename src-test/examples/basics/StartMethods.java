package basics;

import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.StartMethod;
import java.util.Locale;

/** The start method, asked for and changed; what it is at first depends on the system. */
public class StartMethods {
    static void work() {
        System.out.println("Child process is running.");
    }

    private static String method() {
        return ManagedProcess.getStartMethod().name().toLowerCase(Locale.ROOT);
    }

    public static void main(String[] args) throws Exception {
        System.out.println("Initial Method: " + method());
        ManagedProcess.setStartMethod(StartMethod.SPAWN);
        System.out.println("Changed Method: " + method());
        ManagedProcess p1 = new ManagedProcess(StartMethods::work);
        p1.start();
        p1.join();
    }
}
