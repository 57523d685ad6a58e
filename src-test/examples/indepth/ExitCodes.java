package indepth;

import io.multiproc.client.process.ManagedProcess;

/** Exit codes: what a target returns is none, the argument of exit is. */
public class ExitCodes {
    static void worker() {
        System.out.println(
                "Worker Function running on " + ManagedProcess.currentProcess().name());
    }

    static void exits(int code) {
        System.exit(code);
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess p = new ManagedProcess(ExitCodes::worker);
        ManagedProcess q = new ManagedProcess(ExitCodes::exits, 3);
        p.start();
        q.start();
        p.join();
        q.join();
        System.out.println(
                "Exit Codes: " + p.exitCode().getAsInt() + " " + q.exitCode().getAsInt());
    }
}
