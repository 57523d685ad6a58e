package basics;

import io.multiproc.client.process.ManagedProcess;

/** A method in a process of its own, with arguments by name. */
public class FunctionalProcess {
    static void hello(String arg1, String arg2) {
        System.out.println("Hello Process");
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess p1 = ManagedProcess.of(FunctionalProcess::hello).args("123", "456");
        p1.start();
        p1.join();
        p1.terminate();
    }
}
