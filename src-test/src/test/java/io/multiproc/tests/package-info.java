/** Tests of the whole: several JVMs, the command line, failures. */
package io.multiproc.tests;
