package io.multiproc.server;

import io.multiproc.server.cli.Multiproc;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The {@code multiproc} command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        if (System.getProperty("sun.jnu.encoding", "").equals("ANSI_X3.4-1968")) {
            // a locale of ASCII: what is stored would be printed with question marks in it
            System.setOut(utf8(FileDescriptor.out));
            System.setErr(utf8(FileDescriptor.err));
        }
        System.exit(Multiproc.run(args));
    }

    private static PrintStream utf8(FileDescriptor file) {
        return new PrintStream(new BufferedOutputStream(new FileOutputStream(file)), true, StandardCharsets.UTF_8);
    }
}
