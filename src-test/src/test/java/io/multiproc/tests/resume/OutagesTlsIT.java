package io.multiproc.tests.resume;

import org.junit.jupiter.api.Timeout;

/** The same over an encrypted connection. */
@Timeout(120)
class OutagesTlsIT extends OutagesIT {
    @Override
    String listen() {
        return "tls://127.0.0.1:0";
    }
}
