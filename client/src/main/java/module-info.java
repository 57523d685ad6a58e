/** The Java client: {@link io.multiproc.client.Manager} and its proxies. A program opens the packages of the classes that it shares. */
module io.multiproc.client {
    requires static transitive org.jspecify;
    // its error codes are part of the client's API
    requires transitive io.multiproc.protocol;
    // names that their jars' manifests promise
    requires com.esotericsoftware.kryo;
    requires org.objenesis;
    requires org.slf4j;
    // only for programs that use JsonCodec
    requires static com.fasterxml.jackson.databind;
    requires transitive java.logging;
    // only where the JDK runs a program from its source
    requires static java.compiler;
    requires java.management;
    requires jdk.unsupported;

    exports io.multiproc.client;
    exports io.multiproc.client.context;
    exports io.multiproc.client.json;
    exports io.multiproc.client.memory;
    exports io.multiproc.client.pipe;
    exports io.multiproc.client.pool;
    exports io.multiproc.client.process;
    exports io.multiproc.client.spi;

    uses io.multiproc.client.spi.ServerProvider;
}
