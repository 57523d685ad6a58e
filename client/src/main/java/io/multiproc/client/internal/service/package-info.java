/**
 * The host's side of registered classes: {@code Dispatcher} fetches the calls of one service and runs them, {@code Methods} finds
 * the method that fits.
 *
 * <p>A process <em>registers</em> a class under a name: it becomes the <em>host</em> of a service of that name on the manager, an
 * object like others. {@code manager.create(name, …)} makes an instance; a call of one of its methods is a request that waits on
 * the manager until the host, which asks for calls in a loop, has fetched it, run it and answered. The manager itself never
 * sees the class. The host may be the process of the server ({@link io.multiproc.client.BaseManager#register}) or any other.
 */
@NullMarked
package io.multiproc.client.internal.service;

import org.jspecify.annotations.NullMarked;
