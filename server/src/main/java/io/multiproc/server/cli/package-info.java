/** The command line. The only package that knows picocli, and the only one of the server that uses the client. */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.cli;
