package indepth;

import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.process.ManagedProcess;

/** A pipe in both directions. */
public class PipeBothWays {
    static void worker(Connection end) throws Exception {
        end.send("Hello from the worker process");
        System.out.println("Worker received message: " + end.recv());
        end.close();
    }

    public static void main(String[] args) throws Exception {
        Pipe pipe = Pipe.open(true);
        ManagedProcess p = new ManagedProcess(PipeBothWays::worker, pipe.second());
        p.start();
        System.out.println("Main process received message: " + pipe.first().recv());
        pipe.first().send("Hello from the main process");
        p.join();
    }
}
