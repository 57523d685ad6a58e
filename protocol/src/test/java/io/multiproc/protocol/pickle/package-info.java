/** Pickles of real interpreters, malformed ones, and hostile ones. */
package io.multiproc.protocol.pickle;
