package io.multiproc.server.net;

import java.util.LinkedHashSet;
import java.util.Set;

/** An address, or for IPv6 the 64 bits that one host has, and what {@link Admission} knows of it. */
final class Source {
    /** Connections that have not proved the key, the oldest first. */
    final Set<Admission.Candidate> unproven = new LinkedHashSet<>();

    /** Neither capped nor penalised. */
    final boolean exempt;

    /** Open connections that have proved the key. */
    int proven;

    /** When a connection last proved it or, having proved it, ended; only if there was one. */
    long lastProven;

    boolean hasProven;

    /** Until when its penalties last, on the clock of {@link System#nanoTime}; only if {@link #hasFailed}. */
    long penaltyEnd;

    boolean hasFailed;

    /** Whether the penalties have added up to a refusal, which lasts until they end. */
    boolean refused;

    Source(boolean exempt) {
        this.exempt = exempt;
    }
}
