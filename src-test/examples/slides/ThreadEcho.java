package slides;

/** Work in a thread. */
public class ThreadEcho {
    static void work(String value) {
        System.out.println("doing some work in thread");
        System.out.println("echo: " + value);
    }

    public static void main(String[] args) throws Exception {
        Thread t = new Thread(() -> work("text"));
        t.start();
        t.join();
    }
}
