package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Runs last: every row of the operation table was sent by the contract tests. */
@Order(Integer.MAX_VALUE)
class ContractCoverageIT {
    @Test
    void everyOperationWasSent() {
        assertFalse(Transport.SENT.isEmpty(), "run this together with the contract tests: -Dit.test='*Contract*'");
        List<String> missed = OpTable.all().stream()
                .filter(op -> !Transport.SENT.contains(op))
                .map(Op::wireName)
                .toList();
        assertEquals(List.of(), missed, "operations that no contract test sends");
    }
}
