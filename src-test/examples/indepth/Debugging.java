package indepth;

import io.multiproc.client.process.ChildOptions;
import io.multiproc.client.process.ManagedProcess;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.file.Path;

/** A child that waits for its debugger: jdb attaches, continues it and leaves; pdb reads its commands from a pipe. */
public class Debugging {
    static void worker() {
        System.out.println("Doing some work");
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess p = new ManagedProcess(Debugging::worker).options(ChildOptions.defaults().withDebug(0, true));
        p.start();
        while (p.debugAddress().isEmpty() && p.isAlive()) {
            Thread.sleep(10);
        }
        Process jdb = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jdb").toString(),
                        "-attach",
                        "localhost:" + p.debugAddress().orElseThrow().getPort())
                .redirectErrorStream(true)
                .start();
        try (Writer commands = jdb.outputWriter()) {
            commands.write("cont\n");
            commands.flush();
            jdb.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
        p.join();
    }
}
