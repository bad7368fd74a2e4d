// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A broker group and where its members listen.
 *
 * @param brokerAddrs {@code host:port} by broker id; id 0 is the primary, and without it nobody can send
 */
public record BrokerData(
        String cluster,
        String brokerName,
        SortedMap<Long, String> brokerAddrs,
        @Nullable String zoneName,
        boolean enableActingMaster)
        implements JsonBody {

    /** The id of the primary. */
    public static final long PRIMARY_ID = 0;

    public BrokerData {
        brokerAddrs = Collections.unmodifiableSortedMap(new TreeMap<>(brokerAddrs));
    }

    /** Where the primary listens, or {@code null} if there is none. */
    public @Nullable String primaryAddress() {
        return brokerAddrs.get(PRIMARY_ID);
    }

    /** Reads an object. */
    public static BrokerData readFrom(JsonReader in) {
        String cluster = "";
        String brokerName = "";
        SortedMap<Long, String> addresses = new TreeMap<>();
        String zoneName = null;
        boolean enableActingMaster = false;
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "cluster" -> cluster = in.textOr("");
                case "brokerName" -> brokerName = in.textOr("");
                case "brokerAddrs" -> readAddresses(JsonMaps.read(in), addresses);
                case "zoneName" -> zoneName = in.text();
                case "enableActingMaster" -> enableActingMaster = in.booleanOr(false);
                default -> in.skip();
            }
        }
        return new BrokerData(cluster, brokerName, addresses, zoneName, enableActingMaster);
    }

    private static void readAddresses(Map<String, String> map, SortedMap<Long, String> addresses) {
        map.forEach((id, address) -> {
            try {
                addresses.put(Long.parseLong(id), address);
            } catch (NumberFormatException e) {
                throw new ProtocolException("a broker id must be a number: '" + id + "'");
            }
        });
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().name("brokerAddrs").beginObject();
        brokerAddrs.forEach((id, address) -> out.field(Long.toString(id), address));
        out.endObject()
                .field("brokerName", brokerName)
                .field("cluster", cluster)
                .field("enableActingMaster", enableActingMaster)
                .field("zoneName", zoneName)
                .endObject();
    }
}
