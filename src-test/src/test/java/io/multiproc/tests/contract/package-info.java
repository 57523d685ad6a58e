/** The documented behaviour of the client's types, over each transport. */
package io.multiproc.tests.contract;
