package slides;

import io.multiproc.client.Tuple;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.process.ManagedProcess;

/** A tuple one way, a text the other. */
public class PipeTuple {
    static void makeTuple(Connection end) throws Exception {
        end.send(Tuple.of("Hi ", 3));
        System.out.println(end.recv());
    }

    static void makeString(Connection end) throws Exception {
        Tuple pair = (Tuple) end.recv();
        end.send(((String) pair.get(0)).repeat((Integer) pair.get(1)));
    }

    public static void main(String[] args) throws Exception {
        Pipe pipe = Pipe.open(true);
        ManagedProcess p1 = new ManagedProcess(PipeTuple::makeTuple, pipe.first());
        ManagedProcess p2 = new ManagedProcess(PipeTuple::makeString, pipe.second());
        p1.start();
        p2.start();
        p1.join();
        p2.join();
    }
}
