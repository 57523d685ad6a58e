/** Pipes between real processes: the documents' programs, ends passed on, the deaths of either side. */
package io.multiproc.tests.pipe;
