package io.multiproc.server.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What is said when a file or folder cannot be used: the text of many an {@link IOException} is only a path. */
final class FileErrors {
    private FileErrors() {}

    /** Whether a file cannot be there: a user's home may be no folder, such as /dev/null. */
    static boolean isAbsent(IOException e) {
        return e instanceof NoSuchFileException
                || (e instanceof FileSystemException failed && "Not a directory".equals(failed.getReason()));
    }

    /** In words: the path and what is wrong with it. */
    static String text(IOException e) {
        if (e instanceof CharacterCodingException) {
            return "it is no text in UTF-8";
        }
        if (!(e instanceof FileSystemException failed) || failed.getReason() != null) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
        return failed.getFile() + ": "
                + (e instanceof NoSuchFileException
                        ? "it does not exist"
                        : e instanceof AccessDeniedException
                                ? "this user has no permission"
                                : e instanceof FileAlreadyExistsException
                                        ? "it is there and no folder"
                                        : "it cannot be used");
    }
}
