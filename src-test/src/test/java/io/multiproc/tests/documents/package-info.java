/** Tests of what the Markdown documents say: every block is run, every table and link is true. */
package io.multiproc.tests.documents;
