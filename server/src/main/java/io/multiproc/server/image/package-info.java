/**
 * Full images of a state in its data folder: written beside the clients, checked before they are used, and how a server comes by the state that its log goes on
 * from. The engine and the network know nothing of this package.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.image;
