/**
 * Code by name: a method reference or lambda as the names of its class and method and the list of what it captured. No class
 * bytes travel, and only lambdas that the receiver's own classes contain come to life. Not API.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.internal.code;
