package io.multiproc.server.net;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of Unix sockets: left over by a server that was killed, and readable by their owner only. */
final class UnixSocketFiles {
    private static final Logger log = LoggerFactory.getLogger(UnixSocketFiles.class);

    private UnixSocketFiles() {}

    /** Removes a socket file that nobody listens on. */
    static void removeStale(ListenAddress address) throws IOException {
        Path path = Path.of(address.path());
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isOther()) {
            throw new IOException("cannot listen on " + address + ": the file exists and is no socket");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException nobodyListens) {
            log.info("removing the stale socket file {}", path);
            Files.deleteIfExists(path);
            return;
        }
        throw new IOException("cannot listen on " + address + ": another server is running there");
    }

    static void restrict(ListenAddress address) throws IOException {
        try {
            Files.setPosixFilePermissions(Path.of(address.path()), PosixFilePermissions.fromString("rw-------"));
        } catch (UnsupportedOperationException e) {
            log.debug("no permissions to set on {}", address);
        }
    }

    static void remove(ListenAddress address) {
        try {
            Files.deleteIfExists(Path.of(address.path()));
        } catch (IOException e) {
            log.warn("cannot remove {}: {}", address, e.toString());
        }
    }
}
