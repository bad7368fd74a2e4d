// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.BrokerData;
import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranchListRequest;
import io.agenamq.protocol.command.JmsBranchResolveRequest;
import io.agenamq.protocol.command.JmsBranchesBody;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operator asks of branches of transactions, as calls to the brokers that have them. */
final class JmsBranches {

    private final ClusterCalls calls;

    JmsBranches(ClusterCalls calls) {
        this.calls = calls;
    }

    /** The branches of these brokers whose id contains a text, the oldest first. */
    List<BranchStatus> list(@Nullable String id, List<BrokerData> brokers) {
        List<BranchStatus> all = new ArrayList<>();
        for (BrokerData broker : brokers) {
            String address = broker.primaryAddress();
            if (address != null) {
                Frame answer = ClusterCalls.expectSuccess(
                        calls.askBroker(address, JmsCode.BRANCH_LIST, new JmsBranchListRequest(id), Body.EMPTY),
                        "asking " + broker.brokerName() + " for branches of transactions");
                JmsBranchesBody.parse(answer.body())
                        .branches()
                        .forEach(info -> all.add(BranchStatus.of(broker.brokerName(), info)));
            }
        }
        all.sort(Comparator.comparing(BranchStatus::since).thenComparing(BranchStatus::broker));
        return all;
    }

    /** Decides about what {@link #list} has shown. */
    void resolve(BranchStatus branch, boolean commit, List<BrokerData> brokers) {
        for (BrokerData broker : brokers) {
            String address = broker.primaryAddress();
            if (address != null && broker.brokerName().equals(branch.broker())) {
                var unused = ClusterCalls.expectSuccess(
                        calls.askBroker(
                                address,
                                JmsCode.BRANCH_RESOLVE,
                                new JmsBranchResolveRequest(JmsBranch.parse(branch.id()), branch.user(), commit),
                                Body.EMPTY),
                        "deciding about branch " + branch.id() + " on " + branch.broker());
                return;
            }
        }
        throw new AdminException("broker " + branch.broker() + " cannot be reached");
    }
}
