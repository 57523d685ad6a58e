/**
 * The command line. The only package that knows Commons CLI, and the only one of the server that uses the client.
 *
 * <p>{@code Multiproc} finds the {@code Subcommand} that is named, has its {@code Inputs} read what was given, and runs it; what it throws becomes a
 * line and an exit code. A command's options are fields that its construction declares: nothing is looked up by reflection, so that a server
 * starts sooner (DESIGN.md, "Start").
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.cli;
