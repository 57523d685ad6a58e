/** Tests of the collections against the ones of the JDK. */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.table;
