package io.multiproc.tests.resume;

import org.junit.jupiter.api.Timeout;

/** The same over an encrypted connection, cut within records and between them. */
@Timeout(120)
class EveryByteTlsIT extends EveryByteIT {
    @Override
    String listen() {
        return "tls://127.0.0.1:0";
    }

    @Override
    int step() {
        return 7;
    }
}
