// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Answer to code 106: all broker groups, and their names by cluster. */
public record ClusterInfoBody(List<BrokerData> brokers) implements JsonBody {

    public ClusterInfoBody {
        brokers = List.copyOf(brokers);
    }

    /** Reads a body; the names by cluster follow from the groups. */
    public static ClusterInfoBody parse(ByteBuffer utf8) {
        List<BrokerData> brokers = new ArrayList<>();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "brokerAddrTable" -> {
                    in.beginObject();
                    for (String broker = in.nextName(); broker != null; broker = in.nextName()) {
                        brokers.add(BrokerData.readFrom(in));
                    }
                }
                default -> in.skip();
            }
        }
        return new ClusterInfoBody(brokers);
    }

    /** Names of the broker groups by cluster. */
    public Map<String, List<String>> clusters() {
        SortedMap<String, List<String>> clusters = new TreeMap<>();
        for (BrokerData broker : brokers) {
            clusters.computeIfAbsent(broker.cluster(), cluster -> new ArrayList<>())
                    .add(broker.brokerName());
        }
        return clusters;
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().name("brokerAddrTable").beginObject();
        for (BrokerData broker : brokers) {
            out.name(broker.brokerName());
            broker.writeTo(out);
        }
        out.endObject().name("clusterAddrTable").beginObject();
        clusters().forEach(out::field);
        out.endObject().endObject();
    }
}
