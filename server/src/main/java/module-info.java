/** The server. Programs start it by the client's {@code Manager.start()} and {@code Manager.inProcess()}, or by the command line. */
module io.multiproc.server {
    requires static transitive org.jspecify;
    requires io.multiproc.protocol;
    requires io.multiproc.client;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires microraft;
    requires org.apache.commons.cli;
    requires org.slf4j;
    requires static jdk.net;

    // the command line's own log lines
    exports io.multiproc.server.cli to
            org.slf4j;

    uses io.multiproc.client.ManagerPlugin;

    provides io.multiproc.client.spi.ServerProvider with
            io.multiproc.server.EmbeddedServers;
}
