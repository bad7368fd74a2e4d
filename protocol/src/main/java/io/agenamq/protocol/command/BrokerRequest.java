// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/** Codes 104, 322 and 904, by which a broker leaves a name server, compares versions, or is alive. */
public record BrokerRequest(String clusterName, String brokerName, String brokerAddr, long brokerId) implements Header {

    /** Reads the fields; a heartbeat may leave out the id. */
    public static BrokerRequest readFrom(Fields in) {
        return new BrokerRequest(
                in.requireText("clusterName"),
                in.requireText("brokerName"),
                in.requireText("brokerAddr"),
                in.longOr("brokerId", BrokerData.PRIMARY_ID));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("clusterName", clusterName);
        out.put("brokerName", brokerName);
        out.put("brokerAddr", brokerAddr);
        out.put("brokerId", brokerId);
    }
}
