// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.HomeChoice;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsHome;
import io.agenamq.protocol.command.JmsHomeRequest;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.remoting.HostPort;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where JMS queues and topics live, as calls to the name servers. */
final class JmsHomes {

    private final ClusterCalls calls;

    JmsHomes(ClusterCalls calls) {
        this.calls = calls;
    }

    /**
     * Chooses the broker that a destination is to live on, as clients do, and claims its name.
     *
     * @param brokers names of those that there are
     * @throws AdminException if it lives elsewhere, on a broker that is away perhaps
     */
    void claim(String topic, Collection<String> brokers) {
        String chosen = HomeChoice.of(topic, brokers);
        List<HostPort> inOrder = calls.nameServers().stream()
                .sorted(Comparator.comparing(HostPort::toString))
                .toList();
        for (HostPort nameServer : inOrder) {
            JmsHome home = ask(nameServer, new JmsHomeRequest(topic, chosen, true));
            if (home != null && home.broker() != null && !home.broker().equals(chosen)) {
                throw new AdminException("'" + topic + "' lives on broker " + home.broker()
                        + (home.address() == null
                                ? ", which is away; start it, or let 'agena topic delete " + topic + "' forget it"
                                : " already"));
            }
        }
    }

    /** The broker that a destination lives on, there or away; null if it lives nowhere. */
    @Nullable
    String homeOf(String topic) {
        for (HostPort nameServer : calls.nameServers()) {
            JmsHome home = ask(nameServer, new JmsHomeRequest(topic, "", false));
            if (home != null && home.broker() != null) {
                return home.broker();
            }
        }
        return null;
    }

    /** What a name server says; null if it does not know of homes, as those of RocketMQ. */
    private @Nullable JmsHome ask(HostPort nameServer, JmsHomeRequest request) {
        Frame answer = calls.askBroker(nameServer.toString(), JmsCode.HOME, request, Body.EMPTY);
        return answer.code() == ResponseCode.SUCCESS ? JmsHome.readFrom(answer.fields()) : null;
    }
}
