/** The tutorials' programs, beside CPython's. */
package io.multiproc.tests.examples;
