// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jta;

import jakarta.transaction.TransactionManager;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;

/**
 * A process with a bank that comes to one point of a transfer's commit and says {@code here}, so that it can be killed. The same process, started again without a
 * point, lets the manager recover what was left, and says {@code recovered} with the transfers that the database knows.
 *
 * <p>Arguments: folder of the manager's log, database, URL, queue; then the transfer and the point, {@code prepare} or {@code commit} of the queue, or nothing.
 */
final class BankProcess {

    /** Two are enough: a pass finds what is in doubt, and rolls back what it has found, and nobody has decided, in the pass before. */
    private static final int PASSES_MAX = 10;

    private BankProcess() {}

    /** See above. */
    public static void main(String[] arguments) throws Exception {
        try (Bank bank = new Bank(arguments[1], arguments[2], arguments[3])) {
            Jta jta = new Jta(Path.of(arguments[0]), List.of(bank.databaseResource(), bank.queueResource()));
            if (arguments.length > 4) {
                transfer(jta.manager(), bank, arguments[4], arguments[5]);
            } else {
                List<XAResource> all = List.of(bank.databaseResource(), bank.queueResource());
                for (int i = 0; i < PASSES_MAX && isAnythingInDoubt(all); i++) {
                    jta.recover();
                }
                System.out.println("recovered " + bank.transfers());
                System.out.flush();
            }
        }
        System.exit(0);
    }

    private static boolean isAnythingInDoubt(List<XAResource> all) throws XAException {
        for (XAResource each : all) {
            if (each.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN).length > 0) {
                return true;
            }
        }
        return false;
    }

    private static void transfer(TransactionManager manager, Bank bank, String id, String point) throws Exception {
        manager.begin();
        bank.transfer(
                manager.getTransaction(),
                id,
                UnaryOperator.identity(),
                queue -> Seen.before(point, BankProcess::waitForTheEnd, queue));
        manager.commit();
    }

    private static void waitForTheEnd() {
        System.out.println("here");
        System.out.flush();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt();
        }
    }
}
