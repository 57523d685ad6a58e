package indepth;

import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.StartMethod;
import java.util.List;
import java.util.Locale;

/** Contexts of two start methods, spawn and forkserver; a JVM cannot fork. */
public class StartContexts {
    static void worker() {
        System.out.println("Worker Function");
    }

    public static void main(String[] args) throws Exception {
        for (Context context : List.of(Context.spawn(), Context.of(StartMethod.FORKSERVER))) {
            System.out.println("Using " + context.startMethod().name().toLowerCase(Locale.ROOT) + " start method");
            ManagedProcess p = context.process(StartContexts::worker);
            p.start();
            p.join();
        }
    }
}
