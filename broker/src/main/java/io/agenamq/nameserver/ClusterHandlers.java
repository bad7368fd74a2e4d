// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import io.agenamq.protocol.command.BrokerData;
import io.agenamq.protocol.command.BrokerNameRequest;
import io.agenamq.protocol.command.ClusterInfoBody;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.TopicListBody;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.json.JsonWriter;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What operators ask: clusters, brokers, lists of topics, write permissions (RocketMQ remoting §11.3). */
final class ClusterHandlers {

    private static final int UNIT = 1;
    private static final int UNIT_SUBSCRIPTION = 2;

    private final RouteTable routes;

    ClusterHandlers(RouteTable routes) {
        this.routes = routes;
    }

    void registerIn(HandlerTable table) {
        table.register(RequestCode.GET_BROKER_CLUSTER_INFO, this::clusterInfo)
                .register(RequestCode.GET_BROKER_MEMBER_GROUP, this::memberGroup)
                .register(
                        RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER,
                        request -> replyTopics(request, routes.topicNames()))
                .register(
                        RequestCode.GET_TOPICS_BY_CLUSTER,
                        request -> replyTopics(
                                request,
                                routes.topicNames(request.frame().fields().requireText("cluster"))))
                .register(
                        RequestCode.GET_UNIT_TOPIC_LIST,
                        request -> replyTopics(request, routes.topicNames(flags -> (flags & UNIT) != 0)))
                .register(
                        RequestCode.GET_HAS_UNIT_SUB_TOPIC_LIST,
                        request -> replyTopics(request, routes.topicNames(flags -> (flags & UNIT_SUBSCRIPTION) != 0)))
                .register(
                        RequestCode.GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST,
                        request -> replyTopics(
                                request,
                                routes.topicNames(flags -> (flags & (UNIT | UNIT_SUBSCRIPTION)) == UNIT_SUBSCRIPTION)))
                .register(RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS, this::systemNames)
                .register(RequestCode.WIPE_WRITE_PERM_OF_BROKER, this::wipeWritePermission)
                .register(RequestCode.ADD_WRITE_PERM_OF_BROKER, this::addWritePermission);
    }

    private static void replyTopics(Request request, List<String> topics) {
        request.reply(Header.NONE, new TopicListBody(topics, null).toBody());
    }

    private void clusterInfo(Request request) {
        request.reply(Header.NONE, new ClusterInfoBody(routes.brokers()).toBody());
    }

    private void memberGroup(Request request) {
        String name = BrokerNameRequest.readFrom(request.frame().fields()).brokerName();
        String cluster = request.frame().fields().requireText("clusterName");
        BrokerData group = routes.broker(name);
        JsonWriter out = new JsonWriter();
        out.beginObject()
                .name("brokerMemberGroup")
                .beginObject()
                .name("brokerAddrs")
                .beginObject();
        if (group != null) {
            group.brokerAddrs().forEach((id, address) -> out.field(Long.toString(id), address));
        }
        out.endObject()
                .field("brokerName", name)
                .field("cluster", group == null ? cluster : group.cluster())
                .endObject()
                .endObject();
        request.reply(Header.NONE, out.toBody());
    }

    private void systemNames(Request request) {
        Set<String> clusters = new LinkedHashSet<>();
        List<String> names = new ArrayList<>();
        String address = null;
        for (BrokerData broker : routes.brokers()) {
            clusters.add(broker.cluster());
            names.add(broker.brokerName());
            if (address == null) {
                address = broker.brokerAddrs().values().iterator().next();
            }
        }
        names.addAll(0, clusters);
        request.reply(Header.NONE, new TopicListBody(names, address).toBody());
    }

    private void wipeWritePermission(Request request) {
        BrokerNameRequest header = BrokerNameRequest.readFrom(request.frame().fields());
        int count = routes.wipeWritePermission(header.brokerName());
        request.reply(out -> out.put("wipeTopicCount", count));
    }

    private void addWritePermission(Request request) {
        BrokerNameRequest header = BrokerNameRequest.readFrom(request.frame().fields());
        int count = routes.addWritePermission(header.brokerName());
        request.reply(out -> out.put("addTopicCount", count));
    }
}
