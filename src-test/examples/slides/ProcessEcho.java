package slides;

import io.multiproc.client.process.ManagedProcess;

/** The same work in a process. */
public class ProcessEcho {
    static void work(String value) {
        System.out.println("doing some work in a process");
        System.out.println("echo: " + value);
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess p = new ManagedProcess(ProcessEcho::work, "text");
        p.start();
        p.join();
    }
}
