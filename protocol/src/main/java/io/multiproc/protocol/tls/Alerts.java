package io.multiproc.protocol.tls;

import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;

/** What an alert of the other end means where both go by certificates. */
final class Alerts {
    private Alerts() {}

    static TlsException.@Nullable Reason reason(short alert) {
        return switch (alert) {
            case AlertDescription.unknown_psk_identity -> TlsException.Reason.OTHER_WAY;
            case AlertDescription.certificate_required -> TlsException.Reason.NO_CERTIFICATE;
            case AlertDescription.bad_certificate,
                    AlertDescription.unsupported_certificate,
                    AlertDescription.certificate_revoked,
                    AlertDescription.certificate_expired,
                    AlertDescription.certificate_unknown,
                    AlertDescription.unknown_ca,
                    AlertDescription.access_denied -> TlsException.Reason.CERTIFICATE;
            default -> null;
        };
    }

    static String text(short alert) {
        return switch (alert) {
            case AlertDescription.unknown_psk_identity -> "the server goes by the authkey and has no certificate";
            case AlertDescription.certificate_required -> "the server asks for a certificate of this client";
            default -> "the other end refuses the certificate of this one: " + AlertDescription.getText(alert);
        };
    }
}
