package basics;

import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.process.ManagedProcess;
import java.io.EOFException;

/** A pipe of one direction: its first end receives, its second sends. */
public class OneWayPipe {
    static void sender(Connection end) throws Exception {
        end.send("1234");
        end.close();
    }

    static void receiver(Connection end) throws Exception {
        try {
            System.out.println("Received from Pipe: " + end.recv());
        } catch (EOFException e) {
            System.out.println("Connection closed.");
        } finally {
            end.close();
        }
    }

    public static void main(String[] args) throws Exception {
        Pipe pipe = Pipe.open(false);
        ManagedProcess p1 = new ManagedProcess(OneWayPipe::sender, pipe.second());
        ManagedProcess p2 = new ManagedProcess(OneWayPipe::receiver, pipe.first());
        p1.start();
        p2.start();
        p1.join();
        p2.join();
    }
}
