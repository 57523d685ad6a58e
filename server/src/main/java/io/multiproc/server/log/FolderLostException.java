package io.multiproc.server.log;

import java.io.IOException;

/** The files of a data folder were taken away from the server that uses them. */
final class FolderLostException extends IOException {
    private static final long serialVersionUID = 1;

    FolderLostException(String message) {
        super(message);
    }
}
