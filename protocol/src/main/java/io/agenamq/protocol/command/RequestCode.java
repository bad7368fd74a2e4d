// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import java.util.Map;

/** What a request asks for (RocketMQ remoting §9 to §12). Our own extension for Jakarta Messaging uses codes from 20,000 up. */
public final class RequestCode {

    /** A message with long field names. */
    public static final int SEND_MESSAGE = 10;

    /** Messages of one queue from an offset, with long polling. */
    public static final int PULL_MESSAGE = 11;

    /** Messages by key or unique id. */
    public static final int QUERY_MESSAGE = 12;

    /** A group's offset in one queue. */
    public static final int QUERY_CONSUMER_OFFSET = 14;

    /** Stores a group's offset in one queue. */
    public static final int UPDATE_CONSUMER_OFFSET = 15;

    /** Creates or changes a topic. */
    public static final int UPDATE_AND_CREATE_TOPIC = 17;

    /** Creates or changes several topics. */
    public static final int UPDATE_AND_CREATE_TOPIC_LIST = 18;

    /** All topics of a broker. */
    public static final int GET_ALL_TOPIC_CONFIG = 21;

    /** Changes options of a running broker. */
    public static final int UPDATE_BROKER_CONFIG = 25;

    /** A broker's options. */
    public static final int GET_BROKER_CONFIG = 26;

    /** A broker's figures. */
    public static final int GET_BROKER_RUNTIME_INFO = 28;

    /** The offset at a time. */
    public static final int SEARCH_OFFSET_BY_TIMESTAMP = 29;

    /** The offset behind the last message. */
    public static final int GET_MAX_OFFSET = 30;

    /** The offset of the oldest message. */
    public static final int GET_MIN_OFFSET = 31;

    /** When the oldest message was stored. */
    public static final int GET_EARLIEST_MSG_STORETIME = 32;

    /** One message by its position. */
    public static final int VIEW_MESSAGE_BY_ID = 33;

    /** A client's groups and subscriptions. */
    public static final int HEART_BEAT = 34;

    /** A client leaves a group. */
    public static final int UNREGISTER_CLIENT = 35;

    /** A consumer failed on a message. */
    public static final int CONSUMER_SEND_MSG_BACK = 36;

    /** Outcome of a half message. */
    public static final int END_TRANSACTION = 37;

    /** The clients of a consumer group. */
    public static final int GET_CONSUMER_LIST_BY_GROUP = 38;

    /** Broker to client: what became of a half message? */
    public static final int CHECK_TRANSACTION_STATE = 39;

    /** Broker to client: the members of a group changed. */
    public static final int NOTIFY_CONSUMER_IDS_CHANGED = 40;

    /** Locks queues for orderly consumption. */
    public static final int LOCK_BATCH_MQ = 41;

    /** Unlocks them. */
    public static final int UNLOCK_BATCH_MQ = 42;

    /** All offsets of all groups. */
    public static final int GET_ALL_CONSUMER_OFFSET = 43;

    /** Progress of the delay levels. */
    public static final int GET_ALL_DELAY_OFFSET = 45;

    /** Is this subscription valid? */
    public static final int CHECK_CLIENT_CONFIG = 46;

    /** Name server: stores a configuration item. */
    public static final int PUT_KV_CONFIG = 100;

    /** Name server: reads one. */
    public static final int GET_KV_CONFIG = 101;

    /** Name server: deletes one. */
    public static final int DELETE_KV_CONFIG = 102;

    /** Name server: a broker and its topics. */
    public static final int REGISTER_BROKER = 103;

    /** Name server: a broker leaves. */
    public static final int UNREGISTER_BROKER = 104;

    /** Name server: the brokers and queues of a topic. */
    public static final int GET_ROUTEINFO_BY_TOPIC = 105;

    /** Name server: clusters and brokers. */
    public static final int GET_BROKER_CLUSTER_INFO = 106;

    /** Creates or changes a consumer group. */
    public static final int UPDATE_AND_CREATE_SUBSCRIPTIONGROUP = 200;

    /** All consumer groups of a broker. */
    public static final int GET_ALL_SUBSCRIPTIONGROUP_CONFIG = 201;

    /** Offsets of a topic's queues. */
    public static final int GET_TOPIC_STATS_INFO = 202;

    /** Connections of a consumer group. */
    public static final int GET_CONSUMER_CONNECTION_LIST = 203;

    /** Connections of a producer group. */
    public static final int GET_PRODUCER_CONNECTION_LIST = 204;

    /** Name server: no more sends to a broker. */
    public static final int WIPE_WRITE_PERM_OF_BROKER = 205;

    /** Name server: all topics. */
    public static final int GET_ALL_TOPIC_LIST_FROM_NAMESERVER = 206;

    /** Deletes a consumer group. */
    public static final int DELETE_SUBSCRIPTIONGROUP = 207;

    /** Progress of a consumer group. */
    public static final int GET_CONSUME_STATS = 208;

    /** Deletes a topic. */
    public static final int DELETE_TOPIC_IN_BROKER = 215;

    /** Name server: forgets a topic. */
    public static final int DELETE_TOPIC_IN_NAMESRV = 216;

    /** Name server: adds a topic's queues. */
    public static final int REGISTER_TOPIC_IN_NAMESRV = 217;

    /** Name server: all items of a namespace. */
    public static final int GET_KVLIST_BY_NAMESPACE = 219;

    /** Broker to client: continue from these offsets. */
    public static final int RESET_CONSUMER_CLIENT_OFFSET = 220;

    /** Broker to client: where are you? */
    public static final int GET_CONSUMER_STATUS_FROM_CLIENT = 221;

    /** Resets a group's offsets. */
    public static final int INVOKE_BROKER_TO_RESET_OFFSET = 222;

    /** Asks a group's clients for their offsets. */
    public static final int INVOKE_BROKER_TO_GET_CONSUMER_STATUS = 223;

    /** Name server: topics of a cluster. */
    public static final int GET_TOPICS_BY_CLUSTER = 224;

    /** Creates or changes several consumer groups. */
    public static final int UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST = 225;

    /** The consumer groups of a topic. */
    public static final int QUERY_TOPIC_CONSUME_BY_WHO = 300;

    /** Age of what a group has not consumed. */
    public static final int QUERY_CONSUME_TIME_SPAN = 303;

    /** Name server: names of clusters and brokers. */
    public static final int GET_SYSTEM_TOPIC_LIST_FROM_NS = 304;

    /** The broker's own topics. */
    public static final int GET_SYSTEM_TOPIC_LIST_FROM_BROKER = 305;

    /** What a consumer is doing, relayed to it. */
    public static final int GET_CONSUMER_RUNNING_INFO = 307;

    /** Lets one client consume one message, relayed to it. */
    public static final int CONSUME_MESSAGE_DIRECTLY = 309;

    /** A message with short field names. */
    public static final int SEND_MESSAGE_V2 = 310;

    /** Name server: unit topics. */
    public static final int GET_UNIT_TOPIC_LIST = 311;

    /** Name server: topics with unit subscriptions. */
    public static final int GET_HAS_UNIT_SUB_TOPIC_LIST = 312;

    /** Name server: topics with unit subscriptions that are no unit topics. */
    public static final int GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST = 313;

    /** Copies a group's offsets. */
    public static final int CLONE_GROUP_OFFSET = 314;

    /** One statistic of a broker. */
    public static final int VIEW_BROKER_STATS_DATA = 315;

    /** Name server: changes options. */
    public static final int UPDATE_NAMESRV_CONFIG = 318;

    /** Name server: its options. */
    public static final int GET_NAMESRV_CONFIG = 319;

    /** Several messages in one body. */
    public static final int SEND_BATCH_MESSAGE = 320;

    /** Entries of a consume queue. */
    public static final int QUERY_CONSUME_QUEUE = 321;

    /** Name server: has anything changed since? */
    public static final int QUERY_DATA_VERSION = 322;

    /** A reply with long field names. */
    public static final int SEND_REPLY_MESSAGE = 324;

    /** A reply with short field names. */
    public static final int SEND_REPLY_MESSAGE_V2 = 325;

    /** Broker to client: the reply to your request. */
    public static final int PUSH_REPLY_MESSAGE_TO_CLIENT = 326;

    /** Name server: sends to a broker are allowed again. */
    public static final int ADD_WRITE_PERM_OF_BROKER = 327;

    /** All producer groups. */
    public static final int GET_ALL_PRODUCER_INFO = 328;

    /** Topics of a consumer group. */
    public static final int QUERY_TOPICS_BY_CONSUMER = 343;

    /** A group's subscription to a topic. */
    public static final int QUERY_SUBSCRIPTION_BY_CONSUMER = 345;

    /** One topic's configuration. */
    public static final int GET_TOPIC_CONFIG = 351;

    /** One group's configuration. */
    public static final int GET_SUBSCRIPTIONGROUP_CONFIG = 352;

    /** As 11, from a lite pull consumer. */
    public static final int LITE_PULL_MESSAGE = 361;

    /** Name server: the members of a broker group. */
    public static final int GET_BROKER_MEMBER_GROUP = 901;

    /** Name server: a broker is alive. */
    public static final int BROKER_HEARTBEAT = 904;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(SEND_MESSAGE, "SEND_MESSAGE"),
            Map.entry(PULL_MESSAGE, "PULL_MESSAGE"),
            Map.entry(QUERY_MESSAGE, "QUERY_MESSAGE"),
            Map.entry(QUERY_CONSUMER_OFFSET, "QUERY_CONSUMER_OFFSET"),
            Map.entry(UPDATE_CONSUMER_OFFSET, "UPDATE_CONSUMER_OFFSET"),
            Map.entry(UPDATE_AND_CREATE_TOPIC, "UPDATE_AND_CREATE_TOPIC"),
            Map.entry(UPDATE_AND_CREATE_TOPIC_LIST, "UPDATE_AND_CREATE_TOPIC_LIST"),
            Map.entry(GET_ALL_TOPIC_CONFIG, "GET_ALL_TOPIC_CONFIG"),
            Map.entry(UPDATE_BROKER_CONFIG, "UPDATE_BROKER_CONFIG"),
            Map.entry(GET_BROKER_CONFIG, "GET_BROKER_CONFIG"),
            Map.entry(GET_BROKER_RUNTIME_INFO, "GET_BROKER_RUNTIME_INFO"),
            Map.entry(SEARCH_OFFSET_BY_TIMESTAMP, "SEARCH_OFFSET_BY_TIMESTAMP"),
            Map.entry(GET_MAX_OFFSET, "GET_MAX_OFFSET"),
            Map.entry(GET_MIN_OFFSET, "GET_MIN_OFFSET"),
            Map.entry(GET_EARLIEST_MSG_STORETIME, "GET_EARLIEST_MSG_STORETIME"),
            Map.entry(VIEW_MESSAGE_BY_ID, "VIEW_MESSAGE_BY_ID"),
            Map.entry(HEART_BEAT, "HEART_BEAT"),
            Map.entry(UNREGISTER_CLIENT, "UNREGISTER_CLIENT"),
            Map.entry(CONSUMER_SEND_MSG_BACK, "CONSUMER_SEND_MSG_BACK"),
            Map.entry(END_TRANSACTION, "END_TRANSACTION"),
            Map.entry(GET_CONSUMER_LIST_BY_GROUP, "GET_CONSUMER_LIST_BY_GROUP"),
            Map.entry(CHECK_TRANSACTION_STATE, "CHECK_TRANSACTION_STATE"),
            Map.entry(NOTIFY_CONSUMER_IDS_CHANGED, "NOTIFY_CONSUMER_IDS_CHANGED"),
            Map.entry(LOCK_BATCH_MQ, "LOCK_BATCH_MQ"),
            Map.entry(UNLOCK_BATCH_MQ, "UNLOCK_BATCH_MQ"),
            Map.entry(GET_ALL_CONSUMER_OFFSET, "GET_ALL_CONSUMER_OFFSET"),
            Map.entry(GET_ALL_DELAY_OFFSET, "GET_ALL_DELAY_OFFSET"),
            Map.entry(CHECK_CLIENT_CONFIG, "CHECK_CLIENT_CONFIG"),
            Map.entry(PUT_KV_CONFIG, "PUT_KV_CONFIG"),
            Map.entry(GET_KV_CONFIG, "GET_KV_CONFIG"),
            Map.entry(DELETE_KV_CONFIG, "DELETE_KV_CONFIG"),
            Map.entry(REGISTER_BROKER, "REGISTER_BROKER"),
            Map.entry(UNREGISTER_BROKER, "UNREGISTER_BROKER"),
            Map.entry(GET_ROUTEINFO_BY_TOPIC, "GET_ROUTEINFO_BY_TOPIC"),
            Map.entry(GET_BROKER_CLUSTER_INFO, "GET_BROKER_CLUSTER_INFO"),
            Map.entry(UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, "UPDATE_AND_CREATE_SUBSCRIPTIONGROUP"),
            Map.entry(GET_ALL_SUBSCRIPTIONGROUP_CONFIG, "GET_ALL_SUBSCRIPTIONGROUP_CONFIG"),
            Map.entry(GET_TOPIC_STATS_INFO, "GET_TOPIC_STATS_INFO"),
            Map.entry(GET_CONSUMER_CONNECTION_LIST, "GET_CONSUMER_CONNECTION_LIST"),
            Map.entry(GET_PRODUCER_CONNECTION_LIST, "GET_PRODUCER_CONNECTION_LIST"),
            Map.entry(WIPE_WRITE_PERM_OF_BROKER, "WIPE_WRITE_PERM_OF_BROKER"),
            Map.entry(GET_ALL_TOPIC_LIST_FROM_NAMESERVER, "GET_ALL_TOPIC_LIST_FROM_NAMESERVER"),
            Map.entry(DELETE_SUBSCRIPTIONGROUP, "DELETE_SUBSCRIPTIONGROUP"),
            Map.entry(GET_CONSUME_STATS, "GET_CONSUME_STATS"),
            Map.entry(DELETE_TOPIC_IN_BROKER, "DELETE_TOPIC_IN_BROKER"),
            Map.entry(DELETE_TOPIC_IN_NAMESRV, "DELETE_TOPIC_IN_NAMESRV"),
            Map.entry(REGISTER_TOPIC_IN_NAMESRV, "REGISTER_TOPIC_IN_NAMESRV"),
            Map.entry(GET_KVLIST_BY_NAMESPACE, "GET_KVLIST_BY_NAMESPACE"),
            Map.entry(RESET_CONSUMER_CLIENT_OFFSET, "RESET_CONSUMER_CLIENT_OFFSET"),
            Map.entry(GET_CONSUMER_STATUS_FROM_CLIENT, "GET_CONSUMER_STATUS_FROM_CLIENT"),
            Map.entry(INVOKE_BROKER_TO_RESET_OFFSET, "INVOKE_BROKER_TO_RESET_OFFSET"),
            Map.entry(INVOKE_BROKER_TO_GET_CONSUMER_STATUS, "INVOKE_BROKER_TO_GET_CONSUMER_STATUS"),
            Map.entry(GET_TOPICS_BY_CLUSTER, "GET_TOPICS_BY_CLUSTER"),
            Map.entry(UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST, "UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST"),
            Map.entry(QUERY_TOPIC_CONSUME_BY_WHO, "QUERY_TOPIC_CONSUME_BY_WHO"),
            Map.entry(QUERY_CONSUME_TIME_SPAN, "QUERY_CONSUME_TIME_SPAN"),
            Map.entry(GET_SYSTEM_TOPIC_LIST_FROM_NS, "GET_SYSTEM_TOPIC_LIST_FROM_NS"),
            Map.entry(GET_SYSTEM_TOPIC_LIST_FROM_BROKER, "GET_SYSTEM_TOPIC_LIST_FROM_BROKER"),
            Map.entry(GET_CONSUMER_RUNNING_INFO, "GET_CONSUMER_RUNNING_INFO"),
            Map.entry(CONSUME_MESSAGE_DIRECTLY, "CONSUME_MESSAGE_DIRECTLY"),
            Map.entry(SEND_MESSAGE_V2, "SEND_MESSAGE_V2"),
            Map.entry(GET_UNIT_TOPIC_LIST, "GET_UNIT_TOPIC_LIST"),
            Map.entry(GET_HAS_UNIT_SUB_TOPIC_LIST, "GET_HAS_UNIT_SUB_TOPIC_LIST"),
            Map.entry(GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST, "GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST"),
            Map.entry(CLONE_GROUP_OFFSET, "CLONE_GROUP_OFFSET"),
            Map.entry(VIEW_BROKER_STATS_DATA, "VIEW_BROKER_STATS_DATA"),
            Map.entry(UPDATE_NAMESRV_CONFIG, "UPDATE_NAMESRV_CONFIG"),
            Map.entry(GET_NAMESRV_CONFIG, "GET_NAMESRV_CONFIG"),
            Map.entry(SEND_BATCH_MESSAGE, "SEND_BATCH_MESSAGE"),
            Map.entry(QUERY_CONSUME_QUEUE, "QUERY_CONSUME_QUEUE"),
            Map.entry(QUERY_DATA_VERSION, "QUERY_DATA_VERSION"),
            Map.entry(SEND_REPLY_MESSAGE, "SEND_REPLY_MESSAGE"),
            Map.entry(SEND_REPLY_MESSAGE_V2, "SEND_REPLY_MESSAGE_V2"),
            Map.entry(PUSH_REPLY_MESSAGE_TO_CLIENT, "PUSH_REPLY_MESSAGE_TO_CLIENT"),
            Map.entry(ADD_WRITE_PERM_OF_BROKER, "ADD_WRITE_PERM_OF_BROKER"),
            Map.entry(GET_ALL_PRODUCER_INFO, "GET_ALL_PRODUCER_INFO"),
            Map.entry(QUERY_TOPICS_BY_CONSUMER, "QUERY_TOPICS_BY_CONSUMER"),
            Map.entry(QUERY_SUBSCRIPTION_BY_CONSUMER, "QUERY_SUBSCRIPTION_BY_CONSUMER"),
            Map.entry(GET_TOPIC_CONFIG, "GET_TOPIC_CONFIG"),
            Map.entry(GET_SUBSCRIPTIONGROUP_CONFIG, "GET_SUBSCRIPTIONGROUP_CONFIG"),
            Map.entry(LITE_PULL_MESSAGE, "LITE_PULL_MESSAGE"),
            Map.entry(GET_BROKER_MEMBER_GROUP, "GET_BROKER_MEMBER_GROUP"),
            Map.entry(BROKER_HEARTBEAT, "BROKER_HEARTBEAT"));

    private RequestCode() {}

    /** The name of a code, for log lines and metrics; the number itself if it has none. */
    public static String nameOf(int code) {
        return NAMES.getOrDefault(code, Integer.toString(code));
    }
}
