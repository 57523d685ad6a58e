package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** Operations on the manager itself; the object id of such a request is 0. */
public enum ManagerOp implements Op {
    CREATE(row(0x0001, "manager.create")
            .args(of("type", TEXT), of("arguments", VALUES))
            .gives(REF)
            .stores()
            .doc(OpSpec.OWNS, "Creates an anonymous object, held by the session.")),
    OPEN(
            row(0x0002, "manager.open")
                    .args(of("type", TEXT), of("name", TEXT), of("arguments", VALUES))
                    .gives(REF)
                    .stores()
                    .doc(
                            OpSpec.OPENS,
                            "Returns the named object, creating it when there is none; BAD_ARGUMENT if an existing one has another capacity, number of permits, parties, count, type code, length or lock than the arguments say. No arguments take it as it is.")),
    FIND(row(0x0003, "manager.find")
            .args(of("name", TEXT))
            .mayGive(REF)
            .doc(OpSpec.READ, "Returns the named object, or absent.")),
    DELETE(row(0x0004, "manager.delete")
            .args(of("name", TEXT))
            .gives(BOOL)
            .doc(
                    OpSpec.WRITE,
                    "Deletes a named object; whoever waits on it gets NO_SUCH_OBJECT. False when there is none.")),
    NAMES(row(0x0005, "manager.names").gives(VALUES).doc(OpSpec.READ, "The names in use, in order of creation.")),
    RELEASE(row(0x0006, "manager.release")
            .args(of("holds", PAIRS))
            .doc(OpSpec.LETS_GO, "Gives back holds of the session: object id to the number of references received.")),
    REGISTER_CLASSES(
            row(0x0007, "manager.register_classes")
                    .args(of("classes", VALUES))
                    .stores()
                    .doc(
                            OpSpec.ANNOUNCES,
                            "Announces user classes of the session, tuples (id, class name, kind, dict of field to type); refused when it contradicts what another open session has announced.")),
    OBJECTS(
            row(0x0008, "manager.objects")
                    .gives(VALUES)
                    .doc(
                            OpSpec.READ,
                            "One dict for each object: id, type, name, size, references, waiters, created (ms), operations (how many were asked of it), and shutdown if it is a queue that was shut down.")),
    SESSIONS(
            row(0x0009, "manager.sessions")
                    .gives(VALUES)
                    .doc(
                            OpSpec.READ,
                            "One dict for each session: id, name, address, key (the name of its key, absent for those of the server itself), connected, opened (ms), holds, locks, waits, undelivered, in_progress (items of joinable queues taken and not finished).")),
    NUMBER_OF_OBJECTS(
            row(0x000A, "manager.number_of_objects").gives(INT).doc(OpSpec.READ, "The number of live objects.")),
    DESCRIBE(row(0x000B, "manager.describe")
            .args(of("name", TEXT))
            .mayGive(VALUE)
            .doc(OpSpec.READ, "The content of a named object as one value, or absent.")),
    INFO(
            row(0x000C, "manager.info")
                    .gives(PAIRS)
                    .doc(
                            OpSpec.READ,
                            "Facts of the server: version, pid, uptime (ms), sessions, objects, memory, limits, registered classes.")),
    SHUTDOWN(row(0x000D, "manager.shutdown").doc(OpSpec.ADMIN, "Ends the server after this reply has been sent.")),
    LOCKS(
            row(0x0040, "manager.locks")
                    .gives(VALUES)
                    .doc(
                            OpSpec.READ,
                            "One dict for each lock, rlock, semaphore and read-write lock that somebody owns or waits for: id, type, name, owners, waiting; both are lists of dicts with session, client, address, holder, levels; of who waits, in order, since (ms); of an owner whose Python client is gone, orphaned (levels or permits) and since (ms).")),
    FORCE_RELEASE(row(0x0041, "manager.force_release")
            .args(of("object", INT))
            .gives(BOOL)
            .doc(
                    OpSpec.ADMIN,
                    "Takes a lock, semaphore or read-write lock from all that own it; false when nobody does.")),
    KEYS(
            row(0x0042, "manager.keys")
                    .gives(VALUES)
                    .doc(
                            OpSpec.ADMIN_READ,
                            "One dict for each key that is valid: name, role, prefixes, sessions (how many are open with it).")),
    RELOAD_KEYS(
            row(0x0043, "manager.reload_keys")
                    .gives(PAIRS)
                    .doc(
                            OpSpec.ADMIN,
                            "Reads the files of the keys again: keys (how many are valid now), added, removed, ended (how many sessions a removed key had). ILLEGAL_STATE with what is wrong if they cannot be used: the keys stay as they were.")),
    END_SESSIONS(
            row(0x0044, "manager.end_sessions")
                    .args(of("key", TEXT))
                    .gives(INT)
                    .doc(
                            OpSpec.ADMIN,
                            "Ends the sessions of the key of this name, which stays valid, apart from the caller's; how many there were.")),
    BEGIN_BACKUP(
            row(0x0045, "manager.begin_backup")
                    .gives(PAIRS)
                    .doc(
                            OpSpec.ADMIN_READ,
                            "Has the server write an image of all that it holds now, and answers when that is done: id, size (bytes), index. There is one backup at a time: another one that is being read ends. ILLEGAL_STATE without a data folder, or if no image could be written.")),
    READ_BACKUP(
            row(0x0046, "manager.read_backup")
                    .args(of("id", INT), of("offset", INT))
                    .gives(VALUE)
                    .doc(
                            OpSpec.ADMIN_READ,
                            "The bytes of the backup from an offset on, up to 1 MiB; none at its end. ILLEGAL_STATE if it is over: another one has begun, or nothing was read for 60 s.")),
    CLUSTER(
            row(0x0047, "manager.cluster")
                    .gives(PAIRS)
                    .doc(
                            OpSpec.READ,
                            "The cluster as this node sees it: node, role (leader, follower, learner; single for a server that is no node), term, leader, cluster_id, committed, applied, image_index, log_bytes, elections, why (what keeps it from having a leader), and members: a dict for each, with node, role, address, uris, lag (records, absent where it is not known), heard_ms.")),
    ADD_NODE(
            row(0x0048, "manager.add_node")
                    .args(of("node", TEXT), of("address", TEXT))
                    .doc(
                            OpSpec.ADMIN,
                            "Makes a server with this name and this address of its node channel a node of the cluster, and answers when it has nearly all of the log and votes. ILLEGAL_STATE if the server is no node, or the cluster cannot do so now.")),
    REMOVE_NODE(row(0x0049, "manager.remove_node")
            .args(of("node", TEXT))
            .doc(OpSpec.ADMIN, "Takes a node out of the cluster. ILLEGAL_STATE as for manager.add_node.")),
    TRANSFER_LEADERSHIP(
            row(0x004A, "manager.transfer_leadership")
                    .args(of("node", TEXT))
                    .doc(
                            OpSpec.ADMIN,
                            "Hands leadership to this node; nothing happens if it leads. The text is never empty, as the request may come again at the next leader. ILLEGAL_STATE as for manager.add_node."));

    private final OpSpec spec;

    ManagerOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
