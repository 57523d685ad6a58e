/** Processes of the user's own: real JVMs, started, joined, ended and killed. */
package io.multiproc.tests.process;
