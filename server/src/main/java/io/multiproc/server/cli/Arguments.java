package io.multiproc.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The check whether the bytes of the command line became the characters that were meant. */
final class Arguments {
    private static final String REMEDY =
            "; set LC_ALL=C.UTF-8, or a locale of yours that is installed and has the encoding UTF-8";

    private Arguments() {}

    /**
     * Refuses words that were not decoded: a JVM puts a question mark, or U+FFFD, for each byte that has no meaning in the locale's encoding, and two keys
     * would be one.
     */
    static void check(List<String> words) {
        String encoding = System.getProperty("sun.jnu.encoding", "");
        boolean ascii = encoding.equals("ANSI_X3.4-1968") || encoding.equals("US-ASCII") || encoding.equals("646");
        boolean replaced = ascii && words.stream().anyMatch(word -> word.indexOf('?') >= 0);
        check(words, encoding, replaced ? given() : new byte[0]);
    }

    /** @param given the bytes of the command line, if question marks in its words may be what is left of them */
    static void check(List<String> words, String encoding, byte[] given) {
        for (String word : words) {
            if (word.indexOf('\ufffd') >= 0) {
                throw new UsageException(
                        "'" + word + "' has characters that are not of the encoding " + encoding + REMEDY);
            }
        }
        for (byte b : given) {
            if (b < 0) {
                throw new UsageException("the words have characters other than ASCII, which the locale's encoding "
                        + encoding + " has not" + REMEDY);
            }
        }
    }

    private static byte[] given() {
        try {
            return Files.readAllBytes(Path.of("/proc/self/cmdline"));
        } catch (IOException e) {
            return new byte[0]; // no Linux
        }
    }
}
