package io.multiproc.server.cli;

import io.multiproc.client.ManagerException;
import io.multiproc.client.Outcome;

/** What is said when the manager goes away in the middle of a command: why it ended, and what is known of its effect. */
final class Outages {
    private Outages() {}

    /** @param begun how many times the command had begun to change something */
    static String text(ManagerException lost, int begun) {
        return reason(lost) + "; " + effect(lost.outcome(), begun) + ". 'multiproc ping' says whether it is back";
    }

    /** Whether it is unknown if the call that failed took effect. */
    static boolean isUnknown(Throwable e) {
        return e instanceof ManagerException m && m.outcome() == Outcome.UNKNOWN;
    }

    /** Without what the library says of itself, which ends with this process. */
    static String reason(RuntimeException lost) {
        return Multiproc.text(lost).replaceFirst("; the client goes on trying.*", "");
    }

    private static String effect(Outcome outcome, int begun) {
        if (begun == 0 || (begun == 1 && outcome == Outcome.NOT_APPLIED)) {
            return "nothing was changed";
        }
        if (begun > 1) {
            return "the command took effect in part: look before you repeat it";
        }
        return outcome == Outcome.APPLIED
                ? "the command took effect"
                : "it is unknown whether the command took effect: look before you repeat it";
    }
}
