package notebook;

import io.multiproc.client.process.ManagedProcess;

/** In processes of their own they have two. */
public class PidsThere {
    static void cube(int n) {
        System.out.println("PID::print_cube::id -> " + ProcessHandle.current().pid());
        System.out.println("Cube: " + n * n * n);
    }

    static void square(int n) {
        System.out.println("PID::print_square::id -> " + ProcessHandle.current().pid());
        System.out.println("Square: " + n * n);
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess first = new ManagedProcess(PidsThere::cube, 2);
        ManagedProcess second = new ManagedProcess(PidsThere::square, 2);
        first.start();
        second.start();
        first.join();
        second.join();
        System.out.println("DONE... two processes: " + (first.pid() != second.pid()));
    }
}
