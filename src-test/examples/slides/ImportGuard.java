package slides;

import io.multiproc.client.process.ManagedProcess;

/** What runs where: a class's initialisation in both processes, main() in one. */
public class ImportGuard {
    static {
        System.out.println("outer: this will print when run and when imported");
    }

    static void work() {
        System.out.println("func: this will print only when run");
    }

    public static void main(String[] args) throws Exception {
        System.out.println("main: this will print only when run");
        ManagedProcess p = new ManagedProcess(ImportGuard::work);
        p.start();
        p.join();
    }
}
