// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jta;

import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.RecoveryEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.arjuna.common.recoveryPropertyManager;
import com.arjuna.ats.arjuna.recovery.RecoveryManager;
import com.arjuna.ats.internal.arjuna.recovery.AtomicActionRecoveryModule;
import com.arjuna.ats.internal.jta.recovery.arjunacore.JTANodeNameXAResourceOrphanFilter;
import com.arjuna.ats.internal.jta.recovery.arjunacore.JTATransactionLogXAResourceOrphanFilter;
import com.arjuna.ats.internal.jta.recovery.arjunacore.XARecoveryModule;
import com.arjuna.ats.jta.common.JTAEnvironmentBean;
import com.arjuna.ats.jta.common.jtaPropertyManager;
import com.arjuna.ats.jta.recovery.XAResourceRecoveryHelper;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import jakarta.transaction.TransactionManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.transaction.xa.XAResource;

/**
 * Narayana with its recovery manager, which scans when the test says so. Its log is opened once in a virtual machine, in the first folder that is named: so there is one of these in
 * each.
 */
final class Jta {

    private static final String NODE = "agena";

    private final RecoveryManager recovery;

    /** Resources of a kind, as the recovery manager asks for them. */
    private record Resources(List<XAResource> all) implements XAResourceRecoveryHelper {
        @Override
        public boolean initialise(String nothing) {
            return true;
        }

        @Override
        public XAResource[] getXAResources() {
            return all.toArray(XAResource[]::new);
        }
    }

    /**
     * A manager whose log is in a folder.
     *
     * @param resources of all that take part in its transactions, for recovery; more may be added
     */
    Jta(Path folder, List<XAResource> resources) throws Exception {
        for (String store : new String[] {null, "communicationStore", "stateStore"}) {
            ObjectStoreEnvironmentBean bean = store == null
                    ? BeanPopulator.getDefaultInstance(ObjectStoreEnvironmentBean.class)
                    : BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store);
            bean.setObjectStoreDir(folder.toString());
        }
        arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier(NODE);
        arjPropertyManager.getCoordinatorEnvironmentBean().setTransactionStatusManagerEnable(false);
        JTAEnvironmentBean jta = jtaPropertyManager.getJTAEnvironmentBean();
        jta.setXaRecoveryNodes(List.of(NODE));
        jta.setXaResourceOrphanFilterClassNames(List.of(
                JTATransactionLogXAResourceOrphanFilter.class.getName(),
                JTANodeNameXAResourceOrphanFilter.class.getName()));
        jta.setOrphanSafetyInterval(1);
        RecoveryEnvironmentBean environment = recoveryPropertyManager.getRecoveryEnvironmentBean();
        environment.setRecoveryModuleClassNames(
                List.of(AtomicActionRecoveryModule.class.getName(), XARecoveryModule.class.getName()));
        environment.setExpiryScannerClassNames(new ArrayList<>());
        environment.setRecoveryBackoffPeriod(1);
        environment.setRecoveryListener(false);
        recovery = RecoveryManager.manager(RecoveryManager.DIRECT_MANAGEMENT);
        recovery.initialize();
        XARecoveryModule module = (XARecoveryModule) recovery.getModules().stream()
                .filter(XARecoveryModule.class::isInstance)
                .findFirst()
                .orElseThrow();
        module.addXAResourceRecoveryHelper(new Resources(resources));
    }

    TransactionManager manager() {
        return com.arjuna.ats.jta.TransactionManager.transactionManager();
    }

    /** One pass of the recovery manager; takes about a second. */
    void recover() {
        recovery.scan();
    }
}
