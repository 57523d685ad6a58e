/**
 * The operation table: every operation of every shared type is one row of one enum here. Client proxies, the server's state
 * machines, the documents and the coverage tests are held to it. Knows no I/O.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.protocol.op;
