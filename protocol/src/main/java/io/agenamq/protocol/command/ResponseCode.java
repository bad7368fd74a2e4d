// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import java.util.Map;

/** How a request was answered (RocketMQ remoting §4), with what clients make of it. */
public final class ResponseCode {

    /** Done. */
    public static final int SUCCESS = 0;

    /** Anything without a code of its own; producers try another broker. */
    public static final int SYSTEM_ERROR = 1;

    /** Flow control; retried. */
    public static final int SYSTEM_BUSY = 2;

    /** Nobody handles this request code. */
    public static final int REQUEST_CODE_NOT_SUPPORTED = 3;

    /** Stored, but not known to be on disk in time. */
    public static final int FLUSH_DISK_TIMEOUT = 10;

    /** Stored, but there is no replica. */
    public static final int SLAVE_NOT_AVAILABLE = 11;

    /** Stored, but not replicated in time. */
    public static final int FLUSH_SLAVE_TIMEOUT = 12;

    /** The message itself is at fault: too long, bad topic. */
    public static final int MESSAGE_ILLEGAL = 13;

    /** Disk full or stopping; retried. */
    public static final int SERVICE_NOT_AVAILABLE = 14;

    /** Too old or too new. */
    public static final int VERSION_NOT_SUPPORTED = 15;

    /** Not allowed. */
    public static final int NO_PERMISSION = 16;

    /** No such topic, or no route to it. */
    public static final int TOPIC_NOT_EXIST = 17;

    /** There is one. */
    public static final int TOPIC_EXIST_ALREADY = 18;

    /** No new message, even after waiting. */
    public static final int PULL_NOT_FOUND = 19;

    /** Messages were read but none matched; continue from the next offset. */
    public static final int PULL_RETRY_IMMEDIATELY = 20;

    /** The offset is outside of the queue; continue from the one given. */
    public static final int PULL_OFFSET_MOVED = 21;

    /** Nothing found. */
    public static final int QUERY_NOT_FOUND = 22;

    /** The filter expression is wrong. */
    public static final int SUBSCRIPTION_PARSE_FAILED = 23;

    /** No heartbeat told of this subscription yet. */
    public static final int SUBSCRIPTION_NOT_EXIST = 24;

    /** The broker knows an older subscription. */
    public static final int SUBSCRIPTION_NOT_LATEST = 25;

    /** No such consumer group. */
    public static final int SUBSCRIPTION_GROUP_NOT_EXIST = 26;

    /** No compiled filter. */
    public static final int FILTER_DATA_NOT_EXIST = 27;

    /** An older compiled filter. */
    public static final int FILTER_DATA_NOT_LATEST = 28;

    /** A field of the request is wrong. */
    public static final int INVALID_PARAMETER = 29;

    /** Nobody of this group is connected. */
    public static final int CONSUMER_NOT_ONLINE = 206;

    /** A relayed call was not answered in time. */
    public static final int CONSUME_MSG_TIMEOUT = 207;

    /** Nothing to pop. */
    public static final int NO_MESSAGE = 208;

    /** The group broadcasts. */
    public static final int BROADCAST_CONSUMPTION = 213;

    /** Pull again a little later. */
    public static final int FLOW_CONTROL = 215;

    /** Too late for this transaction. */
    public static final int ILLEGAL_OPERATION = 604;

    /** Connect again; this server is stopping. */
    public static final int GO_AWAY = 1500;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(SUCCESS, "SUCCESS"),
            Map.entry(SYSTEM_ERROR, "SYSTEM_ERROR"),
            Map.entry(SYSTEM_BUSY, "SYSTEM_BUSY"),
            Map.entry(REQUEST_CODE_NOT_SUPPORTED, "REQUEST_CODE_NOT_SUPPORTED"),
            Map.entry(FLUSH_DISK_TIMEOUT, "FLUSH_DISK_TIMEOUT"),
            Map.entry(SLAVE_NOT_AVAILABLE, "SLAVE_NOT_AVAILABLE"),
            Map.entry(FLUSH_SLAVE_TIMEOUT, "FLUSH_SLAVE_TIMEOUT"),
            Map.entry(MESSAGE_ILLEGAL, "MESSAGE_ILLEGAL"),
            Map.entry(SERVICE_NOT_AVAILABLE, "SERVICE_NOT_AVAILABLE"),
            Map.entry(VERSION_NOT_SUPPORTED, "VERSION_NOT_SUPPORTED"),
            Map.entry(NO_PERMISSION, "NO_PERMISSION"),
            Map.entry(TOPIC_NOT_EXIST, "TOPIC_NOT_EXIST"),
            Map.entry(TOPIC_EXIST_ALREADY, "TOPIC_EXIST_ALREADY"),
            Map.entry(PULL_NOT_FOUND, "PULL_NOT_FOUND"),
            Map.entry(PULL_RETRY_IMMEDIATELY, "PULL_RETRY_IMMEDIATELY"),
            Map.entry(PULL_OFFSET_MOVED, "PULL_OFFSET_MOVED"),
            Map.entry(QUERY_NOT_FOUND, "QUERY_NOT_FOUND"),
            Map.entry(SUBSCRIPTION_PARSE_FAILED, "SUBSCRIPTION_PARSE_FAILED"),
            Map.entry(SUBSCRIPTION_NOT_EXIST, "SUBSCRIPTION_NOT_EXIST"),
            Map.entry(SUBSCRIPTION_NOT_LATEST, "SUBSCRIPTION_NOT_LATEST"),
            Map.entry(SUBSCRIPTION_GROUP_NOT_EXIST, "SUBSCRIPTION_GROUP_NOT_EXIST"),
            Map.entry(FILTER_DATA_NOT_EXIST, "FILTER_DATA_NOT_EXIST"),
            Map.entry(FILTER_DATA_NOT_LATEST, "FILTER_DATA_NOT_LATEST"),
            Map.entry(INVALID_PARAMETER, "INVALID_PARAMETER"),
            Map.entry(CONSUMER_NOT_ONLINE, "CONSUMER_NOT_ONLINE"),
            Map.entry(CONSUME_MSG_TIMEOUT, "CONSUME_MSG_TIMEOUT"),
            Map.entry(NO_MESSAGE, "NO_MESSAGE"),
            Map.entry(BROADCAST_CONSUMPTION, "BROADCAST_CONSUMPTION"),
            Map.entry(FLOW_CONTROL, "FLOW_CONTROL"),
            Map.entry(ILLEGAL_OPERATION, "ILLEGAL_OPERATION"),
            Map.entry(GO_AWAY, "GO_AWAY"));

    private ResponseCode() {}

    /** The name of a code, for log lines and metrics; the number itself if it has none. */
    public static String nameOf(int code) {
        return NAMES.getOrDefault(code, Integer.toString(code));
    }
}
