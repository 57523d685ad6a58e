package notebook;

import io.multiproc.client.process.ManagedProcess;

/** How many processors there are. */
public class CpuCount {
    public static void main(String[] args) throws Exception {
        System.out.println(ManagedProcess.cpuCount());
    }
}
