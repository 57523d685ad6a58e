package io.multiproc.server.cli;

import java.lang.reflect.Proxy;

/** What becomes of SIGINT, which a terminal sends to all processes of the foreground, and of SIGHUP. */
final class Interrupts {
    private Interrupts() {}

    /**
     * From now on SIGINT is for the child alone: it may end, or tidy up, or go on. Not ignored, which the child would inherit, but handled by doing nothing. By reflection: the
     * class is in a module that a JVM may lack, and then the child gets SIGTERM besides.
     */
    static void leaveToCommand() {
        handle("INT", () -> {});
    }

    /** From now on SIGHUP does this, on a thread of its own. */
    static void onHangUp(Runnable action) {
        handle("HUP", action);
    }

    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object done = Proxy.newProxyInstance(
                    Interrupts.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            Object unused = signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), done);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // as said above
        }
    }
}
