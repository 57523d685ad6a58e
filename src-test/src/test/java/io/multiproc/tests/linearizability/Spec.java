package io.multiproc.tests.linearizability;

import java.util.List;

/** What an object does when it is used by one caller at a time. States are immutable and compared by {@code equals}. */
public interface Spec {
    /** A call by a client: what it asks for, and with what. */
    record Call(int client, String name, List<Object> args) {
        static Call of(int client, String name, Object... args) {
            return new Call(client, name, List.of(args));
        }

        int number(int i) {
            return (int) args.get(i);
        }
    }

    /** The state after a call, and its answer; answers are compared by {@code equals}. */
    record Step(Object state, Object answer) {}

    /** The state of a new object. */
    Object initial();

    /** The one thing that can come of a call in a state. */
    Step apply(Object state, Call call);
}
