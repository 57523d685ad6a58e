/** Several keys at once, their roles and prefixes, rotation, revocation and what is told of them. */
@org.jspecify.annotations.NullMarked
package io.multiproc.tests.keys;
