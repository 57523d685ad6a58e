package indepth;

import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.process.ManagedProcess;
import java.util.List;

/** A list over a pipe, the cheapest way between two processes. */
public class PipeList {
    static void sender(Connection end) throws Exception {
        end.send(List.of("data"));
        end.close();
    }

    static void receiver(Connection end) throws Exception {
        System.out.println(end.recv());
    }

    public static void main(String[] args) throws Exception {
        Pipe pipe = Pipe.open(true);
        ManagedProcess p1 = new ManagedProcess(PipeList::sender, pipe.first());
        ManagedProcess p2 = new ManagedProcess(PipeList::receiver, pipe.second());
        p1.start();
        p2.start();
        p1.join();
        p2.join();
    }
}
