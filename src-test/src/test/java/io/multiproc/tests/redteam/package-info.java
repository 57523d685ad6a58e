/** Attacks on a server and its clients, each bounded, that must not stop anybody else. {@code -Dredteam.whole=true} makes some of them larger. */
package io.multiproc.tests.redteam;
