package io.multiproc.server.raft;

import io.microraft.RaftEndpoint;
import io.microraft.model.log.RaftGroupMembersView;
import io.multiproc.server.log.Disk;
import io.multiproc.server.log.LogException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Whose folder it is: the file {@code node} with the node's name, the cluster's first voters and its id. */
final class NodeFile {
    private static final int FORMAT = 1;
    private static final String NAME = "node";

    private final Disk disk;
    private final Path path;
    private final long id;
    private final String name;
    private final RaftGroupMembersView initial;
    private boolean voting;
    private long clusterId;

    private NodeFile(
            Disk disk, Path path, long id, String name, RaftGroupMembersView initial, boolean voting, long clusterId) {
        this.disk = disk;
        this.path = path;
        this.id = id;
        this.name = name;
        this.initial = initial;
        this.voting = voting;
        this.clusterId = clusterId;
    }

    static NodeFile open(Disk disk, Path folder, RaftOptions options) throws LogException {
        Path path = folder.resolve(NAME);
        byte[] b = Files.read(disk, path);
        if (b == null) {
            return make(disk, path, options);
        }
        NodeFile found = read(disk, path, b);
        if (!found.name.equals(options.node())) {
            throw new LogException("data folder " + folder + " belongs to node " + found.name + ", not "
                    + options.node() + ": name that folder's node, or another folder");
        }
        Set<String> then = new TreeSet<>();
        found.initial.getVotingMembers().forEach(m -> then.add(Endpoint.name(m)));
        Set<String> now = new TreeSet<>(options.peers().keySet());
        if (!then.equals(now)) {
            throw new LogException("data folder " + folder + " belongs to a cluster that began with the nodes "
                    + String.join(", ", then) + ", not " + String.join(", ", now)
                    + ": name the same peers as at the first start (nodes are added and removed while the cluster runs),"
                    + " or another folder");
        }
        return found;
    }

    private static NodeFile make(Disk disk, Path path, RaftOptions options) throws LogException {
        Path folder = Files.folder(path);
        if (java.nio.file.Files.exists(folder.resolve("vote"))) {
            throw Files.damaged(path, "it is missing");
        }
        Set<RaftEndpoint> voters = new LinkedHashSet<>();
        new TreeMap<>(options.peers()).forEach((n, address) -> voters.add(new Endpoint(n, address)));
        NodeFile made = new NodeFile(
                disk,
                path,
                new SecureRandom().nextLong() >>> 1 | 1,
                options.node(),
                Entries.view(0, voters, voters),
                options.peers().containsKey(options.node()),
                0);
        try {
            made.write();
        } catch (IOException e) {
            throw Files.cannot("write", path, e);
        }
        return made;
    }

    private static NodeFile read(Disk disk, Path path, byte[] b) throws LogException {
        try {
            Bytes.In in = new Bytes.In(b);
            int format = in.i32();
            if (format != FORMAT) {
                throw new LogException("file " + path + " has format " + format + ", where this server knows " + FORMAT
                        + ": start the version that wrote it");
            }
            NodeFile found = new NodeFile(disk, path, in.i64(), in.text(), Entries.view(in), in.bool(), in.i64());
            in.end();
            return found;
        } catch (BadMessageException e) {
            throw Files.damaged(path, String.valueOf(e.getMessage()));
        }
    }

    private void write() throws IOException {
        Bytes out = new Bytes(512).i32(FORMAT).i64(id).text(name);
        Entries.view(out, initial);
        Files.replace(disk, path, out.u8(voting ? 1 : 0).i64(clusterId).toArray());
    }

    long id() {
        return id;
    }

    RaftGroupMembersView initialMembers() {
        return initial;
    }

    boolean isVoting() {
        return voting;
    }

    void voting(boolean now) throws IOException {
        if (now != voting) {
            voting = now;
            write();
        }
    }

    long clusterId() {
        return clusterId;
    }

    void clusterIs(long of) throws IOException {
        if (of != clusterId) {
            clusterId = of;
            write();
        }
    }
}
