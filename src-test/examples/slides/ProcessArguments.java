package slides;

import io.multiproc.client.process.ManagedProcess;

/** What a process can be made with: name, arguments by position or by name, daemon. */
public class ProcessArguments {
    static void work(String a, int b) {
        System.out.println(ManagedProcess.currentProcess().name() + " " + a + " " + b + " "
                + ManagedProcess.currentProcess().daemon());
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess p = ManagedProcess.of(ProcessArguments::work)
                .args("one", 2)
                .named("worker")
                .daemon(true);
        System.out.println(p.name() + " " + p.isDaemon());
        p.start();
        p.join();
    }
}
