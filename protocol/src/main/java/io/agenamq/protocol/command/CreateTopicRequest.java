// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Code 17: creates or changes a topic.
 *
 * @param defaultTopic has no meaning any more, but must be there
 * @param attributeChanges {@code +key=value} sets, {@code -key} deletes, joined by commas; 4.9 sends none
 */
public record CreateTopicRequest(
        String topic,
        String defaultTopic,
        int readQueueNums,
        int writeQueueNums,
        int perm,
        String topicFilterType,
        int topicSysFlag,
        boolean order,
        @Nullable String attributeChanges)
        implements Header {

    /** Reads the fields. */
    public static CreateTopicRequest readFrom(Fields in) {
        String filterType = in.text("topicFilterType");
        String defaultTopic = in.text("defaultTopic");
        return new CreateTopicRequest(
                in.requireText("topic"),
                defaultTopic == null ? "" : defaultTopic,
                in.requireInt("readQueueNums"),
                in.requireInt("writeQueueNums"),
                in.requireInt("perm"),
                filterType == null ? TopicConfig.SINGLE_TAG : filterType,
                in.intOr("topicSysFlag", 0),
                in.flag("order", false),
                in.text("attributes"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("topic", topic);
        out.put("defaultTopic", defaultTopic);
        out.put("readQueueNums", readQueueNums);
        out.put("writeQueueNums", writeQueueNums);
        out.put("perm", perm);
        out.put("topicFilterType", topicFilterType);
        out.put("topicSysFlag", topicSysFlag);
        out.put("order", order);
        out.put("attributes", attributeChanges);
    }
}
