package notebook;

import io.multiproc.client.process.ManagedProcess;

/** Two functions at the same time; neither lives after join. */
public class TwoProcesses {
    static void cube(int n) {
        System.out.println("Cube: " + n * n * n);
    }

    static void square(int n) {
        System.out.println("Square: " + n * n);
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess first = new ManagedProcess(TwoProcesses::cube, 5);
        ManagedProcess second = new ManagedProcess(TwoProcesses::square, 5);
        first.start();
        second.start();
        first.join();
        second.join();
        System.out.println("DONE");
        System.out.println(first.isAlive() + " " + second.isAlive());
    }
}
