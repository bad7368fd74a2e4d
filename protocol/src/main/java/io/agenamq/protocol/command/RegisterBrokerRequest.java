// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Header of code 103; the topics are in a {@link RegisterBrokerBody} (remoting §11.2).
 *
 * @param heartbeatTimeoutMillis silence after which the broker is forgotten; 0 leaves it to the name server
 * @param compressed whether the body is the deflated form
 * @param bodyCrc32 CRC-32 of the body without its sign bit; 0 if not computed
 */
public record RegisterBrokerRequest(
        String brokerName,
        String brokerAddr,
        String clusterName,
        String haServerAddr,
        long brokerId,
        long heartbeatTimeoutMillis,
        boolean enableActingMaster,
        boolean compressed,
        int bodyCrc32)
        implements Header {

    /** Reads the fields. */
    public static RegisterBrokerRequest readFrom(Fields in) {
        return new RegisterBrokerRequest(
                in.requireText("brokerName"),
                in.requireText("brokerAddr"),
                in.requireText("clusterName"),
                in.requireText("haServerAddr"),
                in.requireLong("brokerId"),
                in.longOr("heartbeatTimeoutMillis", 0),
                in.flag("enableActingMaster", false),
                in.flag("compressed", false),
                in.intOr("bodyCrc32", 0));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("brokerName", brokerName);
        out.put("brokerAddr", brokerAddr);
        out.put("clusterName", clusterName);
        out.put("haServerAddr", haServerAddr);
        out.put("brokerId", brokerId);
        out.put("heartbeatTimeoutMillis", heartbeatTimeoutMillis);
        out.put("enableActingMaster", enableActingMaster);
        out.put("compressed", compressed);
        out.put("bodyCrc32", bodyCrc32);
    }
}
