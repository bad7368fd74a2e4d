// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Answer to {@link JmsBranchRecoverRequest} and {@link JmsBranchListRequest}: branches of one broker at one moment, the oldest first. */
public record JmsBranchesBody(List<JmsBranchInfo> branches) implements JsonBody {

    public JmsBranchesBody {
        branches = List.copyOf(branches);
    }

    /** Reads a body. */
    public static JmsBranchesBody parse(ByteBuffer utf8) {
        List<JmsBranchInfo> branches = new ArrayList<>();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String field = in.nextName(); field != null; field = in.nextName()) {
            if (field.equals("branches")) {
                in.beginArray();
                while (in.nextElement()) {
                    branches.add(read(in));
                }
            } else {
                in.skip();
            }
        }
        return new JmsBranchesBody(branches);
    }

    private static JmsBranchInfo read(JsonReader in) {
        try {
            return JmsBranchInfo.readFrom(in);
        } catch (IllegalArgumentException unknown) {
            throw new ProtocolException(ResponseCode.INVALID_PARAMETER, String.valueOf(unknown.getMessage()));
        }
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().name("branches").beginArray();
        branches.forEach(each -> each.writeTo(out));
        out.endArray().endObject();
    }
}
