package io.multiproc.client.internal.kryo;

import java.util.SortedMap;

/**
 * A registered class as it is announced to the server, which compares it with what other programs announce.
 *
 * @param id its number
 * @param className its stored name
 * @param kind what it is, such as {@code a record}
 * @param fields the types of its fields by their stored names
 */
public record Registered(int id, String className, String kind, SortedMap<String, String> fields) {}
