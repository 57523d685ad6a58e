package notebook;

import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.process.ManagedProcess;
import java.util.List;

/** Messages over a pipe until one that means the end. */
public class PipeMessages {
    static void send(Connection end, List<String> messages) throws Exception {
        for (String message : messages) {
            end.send(message);
        }
        end.close();
    }

    static void receive(Connection end) throws Exception {
        for (Object message = end.recv(); !message.equals("END"); message = end.recv()) {
            System.out.println(message);
        }
    }

    public static void main(String[] args) throws Exception {
        Pipe pipe = Pipe.open(true);
        ManagedProcess p1 =
                new ManagedProcess(PipeMessages::send, pipe.first(), List.of("hello", "hi", "heya!", "END"));
        ManagedProcess p2 = new ManagedProcess(PipeMessages::receive, pipe.second());
        p1.start();
        p2.start();
        p1.join();
        p2.join();
    }
}
