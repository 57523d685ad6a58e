/**
 * The dialect of CPython's {@code multiprocessing.managers}: requests that are pickles become operations of the engine, answers become
 * pickles. Knows no sockets: {@code net} hands over payloads and gets payloads.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.python;
