package io.multiproc.client.internal.value;

/**
 * The first element of the tuple that a composite object travels as; see {@link Composites}.
 *
 * @param text what the maker of the object needs to know
 */
public record Blueprint(String text) {}
