package basics;

import io.multiproc.client.process.ManagedProcess;

/** A subclass with a run() of its own. */
public class ClassProcess {
    static class HelloProcess extends ManagedProcess {
        @Override
        protected void run() {
            System.out.println("Hello Process");
        }
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess p1 = new HelloProcess();
        p1.start();
        p1.join();
        p1.terminate();
    }
}
