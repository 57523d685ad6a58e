package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.server.RecordingServer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs last: every row of the operation table was sent by the contract tests. */
@Tag("alone")
@Order(Integer.MAX_VALUE)
class ContractCoverageIT {
    /** Whatever waits can be cancelled, find its object deleted, and be given a senseless timeout. */
    private static final Set<ErrorCode> EVERY_WAIT =
            EnumSet.of(ErrorCode.CANCELLED, ErrorCode.NO_SUCH_OBJECT, ErrorCode.BAD_ARGUMENT);

    @Test
    void everyOperationWasSent() {
        assertFalse(Transport.SENT.isEmpty(), "run this together with the contract tests: -Dit.test='*Contract*'");
        List<String> missed = OpTable.all().stream()
                .filter(op -> !Transport.SENT.contains(op))
                .map(Op::wireName)
                .toList();
        assertEquals(List.of(), missed, "operations that no contract test sends");
    }

    /** An error is documented by its name in the description of an operation; deleting tells of one that others get. */
    @Test
    void everyDocumentedErrorWasSeen() {
        assertFalse(Transport.FAILED.isEmpty(), "run this together with the contract tests: -Dit.test='*Contract*'");
        List<String> missed = new ArrayList<>();
        for (Op op : OpTable.all()) {
            for (ErrorCode code : ErrorCode.values()) {
                boolean promised = op.spec().doc().contains(code.name()) && op != ManagerOp.DELETE;
                boolean waits = op.has(Flag.MAY_PARK) && EVERY_WAIT.contains(code);
                if ((promised || waits) && !Transport.FAILED.contains(new RecordingServer.Failed(op, code))) {
                    missed.add(op.wireName() + ": " + code);
                }
            }
        }
        assertEquals(List.of(), missed, "errors that the operation table promises and no contract test provokes");
    }

    @Test
    void everyErrorOfAStateWasSeen() {
        EnumSet<ErrorCode> missed = EnumSet.of(
                ErrorCode.BAD_ARGUMENT,
                ErrorCode.WRONG_TYPE,
                ErrorCode.NO_SUCH_OBJECT,
                ErrorCode.NAME_TAKEN,
                ErrorCode.NOT_OWNER,
                ErrorCode.INDEX_OUT_OF_RANGE,
                ErrorCode.UNHASHABLE,
                ErrorCode.NOT_COMPARABLE,
                ErrorCode.ILLEGAL_STATE,
                ErrorCode.REGISTRY_MISMATCH,
                ErrorCode.CANCELLED,
                ErrorCode.TOO_LARGE);
        Transport.FAILED.forEach(f -> missed.remove(f.code()));
        assertEquals(EnumSet.noneOf(ErrorCode.class), missed);
    }
}
