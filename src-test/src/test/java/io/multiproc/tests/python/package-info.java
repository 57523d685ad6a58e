/** Unmodified CPython clients, with real interpreters of several versions. */
package io.multiproc.tests.python;
