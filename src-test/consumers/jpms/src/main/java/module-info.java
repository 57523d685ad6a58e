module consumer {
    requires io.multiproc.client;

    // method references that travel to other JVMs
    opens consumer to
            io.multiproc.client;
}
