package notebook;

import io.multiproc.client.process.ManagedProcess;

/** One function in a process, and what runs after its end. */
public class OneProcess {
    static void cube(int n) {
        System.out.println("Cube: " + n * n * n);
    }

    static void square(int n) {
        System.out.println("Square: " + n * n);
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess first = new ManagedProcess(OneProcess::cube, 5);
        ManagedProcess second = new ManagedProcess(OneProcess::square, 5);
        first.start();
        first.join();
        System.out.println("DONE");
        System.out.println("started: " + first.state() + ", not started: " + second.state());
    }
}
