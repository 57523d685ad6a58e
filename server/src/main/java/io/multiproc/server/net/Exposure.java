package io.multiproc.server.net;

import io.multiproc.protocol.auth.Authkey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** What listeners expose, by their addresses and the authkey: the rule of what is refused, and what is warned of. */
public final class Exposure {
    private static final String MAKE =
            "(umask 077 && head -c 32 /dev/urandom | base64 > key), and --authkey-file key for server and clients";

    private Exposure() {}

    /**
     * Refuses a weak key where other machines connect, encrypted or not: whoever sees a handshake can try out keys at home.
     *
     * @throws IllegalArgumentException if the key is not {@link Authkey#isStrong strong} and an address is not {@link ListenAddress#isLocal local}; the
     *     message says how to make a strong one
     */
    public static void check(Authkey key, List<ListenAddress> listen) {
        if (key.isStrong()) {
            return;
        }
        for (ListenAddress address : listen) {
            if (!address.isLocal()) {
                throw new IllegalArgumentException(
                        "an authkey of " + key.length() + " bytes is too short for " + address
                                + ", which other machines can reach: use a key of at least " + Authkey.LEAST_STRONG
                                + " random bytes, or listen on 127.0.0.1. To make one: " + MAKE);
            }
        }
    }

    /** What is allowed and worth a warning, each in one line. */
    static List<String> warnings(List<Authkey> keys, List<ListenAddress> listen) {
        List<String> warnings = new ArrayList<>();
        List<ListenAddress> plain =
                listen.stream().filter(a -> !a.isEncrypted() && !a.isLocal()).toList();
        if (!plain.isEmpty()) {
            warnings.add(joined(plain) + (plain.size() == 1 ? " is" : " are")
                    + " not encrypted: whoever sees the packets can read and change the values, keys and names of all objects. Write "
                    + plain.stream().map(a -> a.encrypted().toString()).collect(Collectors.joining(" and "))
                    + " to encrypt them by the authkey");
        }
        List<ListenAddress> guessable =
                listen.stream().filter(ListenAddress::isEncrypted).toList();
        Authkey key =
                keys.stream().min(Comparator.comparingInt(Authkey::length)).orElseThrow();
        if (!key.isStrong() && !guessable.isEmpty()) {
            warnings.add("the authkey has " + key.length() + " bytes, fewer than " + Authkey.LEAST_STRONG
                    + ": for " + joined(guessable)
                    + " it is stretched by Argon2id, which makes each connection slow and guessing slower, not impossible. To make a strong one: "
                    + MAKE);
        }
        return warnings;
    }

    private static String joined(List<ListenAddress> addresses) {
        return addresses.stream().map(ListenAddress::toString).collect(Collectors.joining(" and "));
    }
}
