/** Who may do what: keys, their roles and prefixes, the check of operations, and the audit log. Knows no sockets and no dialect. */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.access;
