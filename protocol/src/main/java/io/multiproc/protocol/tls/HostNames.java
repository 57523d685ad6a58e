package io.multiproc.protocol.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The check whether a certificate is for a host (RFC 9525): by its alternative names alone, the common name does not count. A name may have {@code *} for its whole first
 * part; an address is compared as a number.
 */
final class HostNames {
    private static final int DNS = 2;
    private static final int ADDRESS = 7;

    private HostNames() {}

    /** What is wrong, or null if nothing is. */
    static @Nullable String fault(X509Certificate certificate, String host) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return "its names cannot be read";
        }
        return fault(names == null ? List.of() : names, host);
    }

    /** @param names as {@link X509Certificate#getSubjectAlternativeNames} gives them */
    static @Nullable String fault(Collection<List<?>> names, String host) {
        byte[] address = address(host);
        List<String> others = new ArrayList<>();
        for (List<?> name : names) {
            if (name.get(0) instanceof Integer kind && name.get(1) instanceof String text) {
                boolean fits =
                        switch (kind) {
                            case DNS -> address == null && matches(text, host);
                            case ADDRESS -> address != null && java.util.Arrays.equals(address, address(text));
                            default -> false;
                        };
                if (fits) {
                    return null;
                }
                if (kind == DNS || kind == ADDRESS) {
                    others.add(text);
                }
            }
        }
        return others.isEmpty()
                ? "it names no host (subjectAltName), and must name " + host
                : "it is for " + String.join(", ", others) + ", not for " + host;
    }

    /** Whether the text is an address and not a name. */
    static boolean isAddress(String host) {
        return address(host) != null;
    }

    private static byte @Nullable [] address(String host) {
        boolean numbers = host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
        if (!numbers || host.isEmpty()) {
            return null;
        }
        try {
            // of numbers alone: nobody is asked
            return InetAddress.getByName(host).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static boolean matches(String pattern, String host) {
        String p = plain(pattern);
        String h = plain(host);
        if (!p.startsWith("*.")) {
            return p.equals(h);
        }
        int dot = h.indexOf('.');
        String rest = p.substring(1);
        // at least two parts behind the star: nobody is authority for all of a top level
        return dot > 0
                && rest.indexOf('.', 1) > 0
                && rest.indexOf('*') < 0
                && h.substring(dot).equals(rest);
    }

    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
