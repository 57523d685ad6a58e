package io.multiproc.tests.examples;

import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.StartMethod;
import java.lang.reflect.InvocationTargetException;

/** Runs programs one after the other in one JVM, with a line before each. */
final class Runner {
    static final String BEGIN = "=== ";

    private Runner() {}

    public static void main(String[] args) throws Exception {
        for (String program : args) {
            System.out.println(BEGIN + program);
            try {
                Class.forName(program.replace('/', '.'))
                        .getMethod("main", String[].class)
                        .invoke(null, (Object) new String[0]);
            } catch (InvocationTargetException e) {
                e.getCause().printStackTrace();
                System.out.println("threw " + e.getCause());
            }
            for (ManagedProcess p : ManagedProcess.activeChildren()) {
                p.join();
            }
            ManagedProcess.setStartMethod(StartMethod.SPAWN);
            System.out.flush();
        }
        System.exit(0);
    }
}
