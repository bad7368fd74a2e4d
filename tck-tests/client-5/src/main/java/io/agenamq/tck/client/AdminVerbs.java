// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.client;

import org.apache.rocketmq.client.MQAdmin;
import org.apache.rocketmq.client.QueryResult;

/** The verbs that every old-style client has: topics, queries, offsets of a queue. */
final class AdminVerbs {

    private AdminVerbs() {}

    static Line perform(MQAdmin admin, String verb, Line request) throws Exception {
        var answer = Line.of("answer");
        return switch (verb) {
            case "createTopic" -> {
                Dialect.createTopic(admin, request.text("topic"), request.number("queues"));
                yield answer;
            }
            case "query" -> {
                QueryResult result = admin.queryMessage(
                        request.text("topic"),
                        request.text("key"),
                        request.number("max", 32),
                        request.longNumber("begin"),
                        request.longNumber("end"));
                yield answer.withLines("messages", Messages.lines(result.getMessageList()));
            }
            case "view" ->
                answer.with("message", Messages.line(admin.viewMessage(request.text("topic"), request.text("id"))));
            case "minOffset" -> answer.with("offset", admin.minOffset(Messages.queue(request)));
            case "maxOffset" -> answer.with("offset", admin.maxOffset(Messages.queue(request)));
            case "searchOffset" ->
                answer.with("offset", admin.searchOffset(Messages.queue(request), request.longNumber("timestamp")));
            case "earliestTime" -> answer.with("timestamp", admin.earliestMsgStoreTime(Messages.queue(request)));
            default -> throw new IllegalArgumentException("no verb '" + verb + "'");
        };
    }
}
