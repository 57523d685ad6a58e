/** What client and server agree on. Programs see the error codes of it only. */
module io.multiproc.protocol {
    requires static transitive org.jspecify;

    exports io.multiproc.protocol.auth to
            io.multiproc.client,
            io.multiproc.server;
    exports io.multiproc.protocol.error;
    exports io.multiproc.protocol.idle to
            io.multiproc.client,
            io.multiproc.server;
    exports io.multiproc.protocol.op to
            io.multiproc.client,
            io.multiproc.server;
    exports io.multiproc.protocol.pickle to
            io.multiproc.client,
            io.multiproc.server;
    exports io.multiproc.protocol.wire to
            io.multiproc.client,
            io.multiproc.server;
}
