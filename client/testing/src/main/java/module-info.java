/** A JUnit extension: a manager for the tests of a class. */
module io.multiproc.testing {
    requires static transitive org.jspecify;
    requires transitive io.multiproc.client;
    requires transitive org.junit.jupiter.api;

    exports io.multiproc.testing;

    uses io.multiproc.client.spi.ServerProvider;
}
