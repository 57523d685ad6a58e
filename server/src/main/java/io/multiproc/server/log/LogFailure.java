package io.multiproc.server.log;

import io.multiproc.server.snapshot.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;

/** What is done when the log cannot be written or brought to the disk. Nothing may be answered after that, so it does not return in a server. */
@FunctionalInterface
public interface LogFailure {
    /** The exit code of a process whose log has failed: that of an input/output error. */
    int EXIT = 74;

    /** @param what was tried, such as "sync" */
    void failed(String what, Journal journal, IOException cause);

    /** In one line: what failed, how much room there is, what to do. */
    static String line(String what, Journal journal, IOException cause) {
        String reason = PrivateFiles.text(cause);
        if (cause instanceof FolderLostException) {
            return "data folder " + journal.folder() + " is not this server's any more: " + cause.getMessage()
                    + "; this process stops at once. Leave the files of a data folder alone while a server runs, see that one"
                    + " server at most uses it, and start it again";
        }
        String room;
        try {
            room = (Files.getFileStore(journal.folder()).getUsableSpace() >> 20) + " MiB";
        } catch (IOException e) {
            room = "an unknown amount";
        }
        boolean isFull = reason.contains("No space") || reason.contains("quota");
        return "cannot " + what + " log file " + journal.path() + ": " + reason + " (" + room
                + " free), so this process stops at once; all that was answered is on the disk. "
                + (isFull ? "Make room on that disk" : "See to the disk (the system's log says more)")
                + ", then start it again";
    }
}
