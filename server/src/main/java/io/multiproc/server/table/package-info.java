/** Collections that the state is kept in: they hold encoded values and know no shared object. */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.table;
