package io.multiproc.server.raft;

import io.microraft.RaftEndpoint;

/** A node as the consensus engine knows it. Nodes are told apart by their names only. */
record Endpoint(String name, String address) implements RaftEndpoint {
    @Override
    public Object getId() {
        return name;
    }

    static String name(RaftEndpoint e) {
        return (String) e.getId();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Endpoint e && e.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
