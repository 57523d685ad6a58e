package concurrency;

import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.process.ManagedProcess;
import java.util.List;

/** Two processes talk over a pipe. */
public class PipeTalk {
    static void sender(Connection end) throws Exception {
        end.send("Hello from sender");
        end.send(List.of(1, 2, 3));
        System.out.println("Sender received: " + end.recv());
        end.close();
    }

    static void receiver(Connection end) throws Exception {
        System.out.println("Receiver got: " + end.recv());
        System.out.println("Receiver got: " + end.recv());
        end.send("Thanks!");
        end.close();
    }

    public static void main(String[] args) throws Exception {
        Pipe pipe = Pipe.open(true);
        ManagedProcess p1 = new ManagedProcess(PipeTalk::sender, pipe.first());
        ManagedProcess p2 = new ManagedProcess(PipeTalk::receiver, pipe.second());
        p1.start();
        p2.start();
        p1.join();
        p2.join();
    }
}
