package indepth;

import io.multiproc.client.process.ManagedProcess;

/** The first program: two processes that say hello. */
public class HelloWorld {
    static void hello() {
        System.out.println("Hello, world!");
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess first = new ManagedProcess(HelloWorld::hello);
        ManagedProcess second = new ManagedProcess(HelloWorld::hello);
        first.start();
        second.start();
        first.join();
        second.join();
    }
}
