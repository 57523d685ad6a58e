package io.multiproc.protocol.op;

/** Properties of an operation that the generic parts of client and server depend on. */
public enum Flag {
    /** Changes no state of the object. */
    READ,
    /** May change the object. */
    WRITE,
    /** May wait on the server. Its last argument is the timeout: 0 = do not wait, -1 = no limit, else milliseconds. */
    MAY_PARK,
    /** Sent twice, it has the same effect as once. */
    IDEMPOTENT,
    /** Its effect belongs to the caller's session and ends with it. */
    SESSION_BOUND,
    /** Its reply hands over items that the session must acknowledge; unacknowledged items return when the session ends. */
    DELIVERS,
    /** May keep more than there was before: refused with BUSY while the server's memory is nearly full. */
    STORES,
    /** Changes nothing but the caller's session: keys of every role may. */
    SESSION,
    /** Makes only what is not there: keys that may only read open what is there. */
    OPENS,
    /** For keys that may administer the server. */
    ADMIN
}
