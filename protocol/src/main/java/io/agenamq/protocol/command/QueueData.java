// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;

/** How many queues of a topic a broker group has. */
public record QueueData(String brokerName, int readQueueNums, int writeQueueNums, int perm, int topicSysFlag)
        implements JsonBody {

    /** Reads an object. */
    public static QueueData readFrom(JsonReader in) {
        String brokerName = "";
        int readQueueNums = 0;
        int writeQueueNums = 0;
        int perm = 0;
        int topicSysFlag = 0;
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "brokerName" -> brokerName = in.textOr("");
                case "readQueueNums" -> readQueueNums = in.intOr(0);
                case "writeQueueNums" -> writeQueueNums = in.intOr(0);
                case "perm" -> perm = in.intOr(0);
                case "topicSysFlag" -> topicSysFlag = in.intOr(0);
                default -> in.skip();
            }
        }
        return new QueueData(brokerName, readQueueNums, writeQueueNums, perm, topicSysFlag);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject()
                .field("brokerName", brokerName)
                .field("perm", perm)
                .field("readQueueNums", readQueueNums)
                .field("topicSysFlag", topicSysFlag)
                .field("writeQueueNums", writeQueueNums)
                .endObject();
    }
}
