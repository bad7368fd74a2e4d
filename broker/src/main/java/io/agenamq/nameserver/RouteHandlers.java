// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import io.agenamq.protocol.command.BrokerData;
import io.agenamq.protocol.command.BrokerRequest;
import io.agenamq.protocol.command.DataVersion;
import io.agenamq.protocol.command.DataVersionResponse;
import io.agenamq.protocol.command.DeleteRouteRequest;
import io.agenamq.protocol.command.KeyValueBody;
import io.agenamq.protocol.command.KeyValueRequest;
import io.agenamq.protocol.command.RegisterBrokerBody;
import io.agenamq.protocol.command.RegisterBrokerRequest;
import io.agenamq.protocol.command.RegisterBrokerResponse;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.TopicRequest;
import io.agenamq.protocol.command.TopicRouteData;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import java.util.Map;
import java.util.zip.CRC32;

/** What brokers tell and clients ask: registration, liveness, routes (RocketMQ remoting §11.1 and §11.2). */
final class RouteHandlers {

    /** The topic whose route tells clients which brokers create topics by themselves. */
    private static final String TEMPLATE_TOPIC = "TBW102";

    private final RouteTable routes;
    private final HomeTable homes;
    private final KeyValueTable items;
    private final NameServerConfig config;

    RouteHandlers(RouteTable routes, HomeTable homes, KeyValueTable items, NameServerConfig config) {
        this.routes = routes;
        this.homes = homes;
        this.items = items;
        this.config = config;
    }

    void registerIn(HandlerTable table) {
        table.register(RequestCode.REGISTER_BROKER, this::registerBroker)
                .register(RequestCode.UNREGISTER_BROKER, this::unregisterBroker)
                .register(RequestCode.BROKER_HEARTBEAT, this::heartbeat)
                .register(RequestCode.QUERY_DATA_VERSION, this::queryDataVersion)
                .register(RequestCode.GET_ROUTEINFO_BY_TOPIC, this::route)
                .register(RequestCode.REGISTER_TOPIC_IN_NAMESRV, this::registerTopic)
                .register(RequestCode.DELETE_TOPIC_IN_NAMESRV, this::deleteTopic);
    }

    private void registerBroker(Request request) {
        Frame frame = request.frame();
        RegisterBrokerRequest header = RegisterBrokerRequest.readFrom(frame.fields());
        checkCrc(frame, header.bodyCrc32());
        RegisterBrokerBody body = RegisterBrokerBody.parse(frame.body(), header.compressed());
        RegisterBrokerResponse answer =
                routes.register(header, body, frame.fields().text("__ZONE_NAME"), request.connection());
        if (header.brokerId() == BrokerData.PRIMARY_ID && body.topics().size() > 1) {
            // One topic alone would be a change, and the rest missing.
            homes.registered(header.brokerName(), body.topics());
        }
        Map<String, String> orderTopics = items.namespace(KeyValueRequest.ORDER_TOPIC_CONFIG);
        request.reply(answer, orderTopics == null ? Body.EMPTY : new KeyValueBody(orderTopics).toBody());
    }

    private static void checkCrc(Frame frame, int expected) {
        if (expected == 0) {
            return;
        }
        CRC32 crc = new CRC32();
        crc.update(frame.body().duplicate());
        if (((int) crc.getValue() & Integer.MAX_VALUE) != expected) {
            throw new ProtocolException(ResponseCode.SYSTEM_ERROR, "crc32 not match");
        }
    }

    private void unregisterBroker(Request request) {
        routes.unregister(BrokerRequest.readFrom(request.frame().fields()));
        request.reply(Header.NONE);
    }

    private void heartbeat(Request request) {
        routes.heartbeat(BrokerRequest.readFrom(request.frame().fields()));
        request.reply(Header.NONE);
    }

    private void queryDataVersion(Request request) {
        Frame frame = request.frame();
        DataVersion theirs = frame.body().hasRemaining() ? DataVersion.parse(frame.body()) : DataVersion.NONE;
        DataVersion ours = routes.compareVersion(BrokerRequest.readFrom(frame.fields()), theirs);
        request.reply(new DataVersionResponse(!theirs.equals(ours)), ours == null ? Body.EMPTY : ours.toBody());
    }

    private void route(Request request) {
        Fields fields = request.frame().fields();
        String topic = TopicRequest.readFrom(fields).topic();
        String zone = fields.flag("__ZONE_MODE", false) ? fields.text("__ZONE_NAME") : null;
        TopicRouteData route = routes.route(topic, zone);
        if (route == null) {
            request.refuse(
                    ResponseCode.TOPIC_NOT_EXIST,
                    "No topic route info in name server for the topic: " + topic + "\n"
                            + routes.whyNoRoute(topic, TEMPLATE_TOPIC));
            return;
        }
        String order = config.orderMessageEnable() ? items.get(KeyValueRequest.ORDER_TOPIC_CONFIG, topic) : null;
        request.reply(Header.NONE, new TopicRouteData(order, route.queueDatas(), route.brokerDatas()).toBody());
    }

    private void registerTopic(Request request) {
        Frame frame = request.frame();
        String topic = TopicRequest.readFrom(frame.fields()).topic();
        if (frame.body().hasRemaining()) {
            routes.addQueues(topic, TopicRouteData.parse(frame.body()).queueDatas());
        }
        request.reply(Header.NONE);
    }

    private void deleteTopic(Request request) {
        DeleteRouteRequest header = DeleteRouteRequest.readFrom(request.frame().fields());
        routes.deleteTopic(header.topic(), header.clusterName());
        homes.forget(header.topic());
        request.reply(Header.NONE);
    }
}
