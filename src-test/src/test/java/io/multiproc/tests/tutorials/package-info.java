/** The programs of the multiprocessing tutorials, in Java, with a JVM for each process. */
package io.multiproc.tests.tutorials;
