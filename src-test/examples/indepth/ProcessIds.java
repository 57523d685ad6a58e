package indepth;

import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.ProcessInfo;

/** Process ids: the child's parent is the main process. */
public class ProcessIds {
    static void info() {
        System.out.println("Process ID: " + ManagedProcess.currentProcess().pid());
        System.out.println("Parent Process ID: "
                + ManagedProcess.parentProcess()
                        .map(ProcessInfo::pid)
                        .orElse(ProcessHandle.current()
                                .parent()
                                .map(ProcessHandle::pid)
                                .orElse(0L)));
    }

    public static void main(String[] args) throws Exception {
        System.out.println("Main Process:");
        info();
        System.out.println("Child Process:");
        ManagedProcess p = new ManagedProcess(ProcessIds::info);
        p.start();
        p.join();
    }
}
