package io.multiproc.server;

import io.multiproc.server.cli.Multiproc;

/** The {@code multiproc} command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(Multiproc.run(args));
    }
}
