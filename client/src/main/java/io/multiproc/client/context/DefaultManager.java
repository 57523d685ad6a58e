package io.multiproc.client.context;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The manager of this JVM's contexts: its parent's in a child that was given one, else one within this process. */
final class DefaultManager {
    private static final int MAX_SOCKET_PATH = 100;
    private static final int KEY_BYTES = 32;

    private static ManagerOptions classes = ManagerOptions.defaults();
    private static @Nullable Manager manager;

    private DefaultManager() {}

    static synchronized void allow(ManagerOptions options) {
        if (manager != null) {
            throw new IllegalStateException(
                    "the manager of contexts has been started: say which classes it takes before the first queue, event or the like");
        }
        classes = options;
    }

    static synchronized Manager get(Class<?> caller) {
        Manager known = manager;
        if (known == null) {
            Optional<Manager> given = ManagedProcess.currentManager();
            known = given.isPresent() ? given.get() : start(caller);
            manager = known;
        }
        return known;
    }

    private static Manager start(Class<?> caller) {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        ManagerOptions options = classes.allowPackage(caller.getPackageName());
        Path folder = folder();
        String address = "tcp://127.0.0.1:0";
        if (folder != null) {
            Path socket = folder.resolve("manager");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(socket, folder), "multiproc-context-end"));
            address = "unix://" + socket;
        }
        return Manager.inProcess(options.withAddress(address).withAuthkey(key));
    }

    /** A new folder that only this user enters; null where Unix sockets or such folders are not to be had. */
    private static @Nullable Path folder() {
        try {
            Path folder = Files.createTempDirectory("multiproc-");
            if (Files.getFileStore(folder).supportsFileAttributeView("posix")
                    && folder.toString().length() < MAX_SOCKET_PATH) {
                return folder;
            }
            Files.delete(folder);
        } catch (IOException e) {
            // the loopback address needs none
        }
        return null;
    }

    private static void delete(Path... files) {
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // the system's own sweeping of its temporary folder will
            }
        }
    }
}
