// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.List;

/** Answer to code 41: the queues that are locked for the client now. Names are echoed unchanged, or the client does not recognise them. */
public record LockedQueuesBody(List<MessageQueue> lockOKMQSet) implements JsonBody {

    public LockedQueuesBody {
        lockOKMQSet = List.copyOf(lockOKMQSet);
    }

    /** Reads a body. */
    public static LockedQueuesBody parse(ByteBuffer utf8) {
        List<MessageQueue> queues = List.of();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "lockOKMQSet" -> queues = LockQueuesBody.readQueues(in);
                default -> in.skip();
            }
        }
        return new LockedQueuesBody(queues);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().name("lockOKMQSet").beginArray();
        lockOKMQSet.forEach(queue -> queue.writeTo(out));
        out.endArray().endObject();
    }
}
