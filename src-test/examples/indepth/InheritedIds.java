package indepth;

import io.multiproc.client.process.ManagedProcess;

/** The main process and its child tell their ids. */
public class InheritedIds {
    static void child() {
        System.out.println(
                "Child Process ID: " + ManagedProcess.currentProcess().pid());
    }

    public static void main(String[] args) throws Exception {
        System.out.println("Main Process ID: " + ManagedProcess.currentProcess().pid());
        ManagedProcess p = new ManagedProcess(InheritedIds::child);
        p.start();
        p.join();
    }
}
