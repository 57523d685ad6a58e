package indepth;

import io.multiproc.client.process.ManagedProcess;

/** Two processes with an argument each. */
public class HelloFrom {
    static void hello(String name) {
        System.out.println("Hello from " + name);
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess p1 = new ManagedProcess(HelloFrom::hello, "Process 1");
        ManagedProcess p2 = new ManagedProcess(HelloFrom::hello, "Process 2");
        p1.start();
        p2.start();
        p1.join();
        p2.join();
        System.out.println("Both processes are done");
    }
}
