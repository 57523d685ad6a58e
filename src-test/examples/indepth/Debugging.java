package indepth;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import io.multiproc.client.process.ChildOptions;
import io.multiproc.client.process.ManagedProcess;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.Map;

/** A child that waits for its debugger, which attaches and lets it go on; jdb or an IDE would do it by hand. */
public class Debugging {
    static void worker() {
        System.out.println("Doing some work");
    }

    private static VirtualMachine attach(InetSocketAddress address) throws Exception {
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(c -> c.name().equals("com.sun.jdi.SocketAttach"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("hostname").setValue(address.getHostString());
        arguments.get("port").setValue(Integer.toString(address.getPort()));
        while (true) {
            try {
                return connector.attach(arguments);
            } catch (ConnectException e) {
                // its JVM is starting
                Thread.sleep(10);
            }
        }
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess p = new ManagedProcess(Debugging::worker)
                .options(ChildOptions.defaults().withDebug(0, true));
        p.start();
        VirtualMachine child = attach(p.debugAddress().orElseThrow());
        System.out.println(
                "it has not begun: " + child.classesByName("indepth.Debugging").isEmpty());
        child.resume();
        child.dispose();
        p.join();
    }
}
