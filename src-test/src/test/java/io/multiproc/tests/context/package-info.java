/** Contexts: objects without a manager that the program names. */
package io.multiproc.tests.context;
