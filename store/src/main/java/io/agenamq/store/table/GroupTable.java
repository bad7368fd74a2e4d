// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.table;

import io.agenamq.protocol.command.SubscriptionGroupConfig;
import io.agenamq.store.log.ControlType;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

/** The consumer groups of this broker. Removing one does not touch its offsets: see {@link OffsetTable#removeGroup}. */
public final class GroupTable extends ConfigTable<SubscriptionGroupConfig> {

    /** No groups. */
    public GroupTable(ControlSink log, InstantSource clock) {
        super("groups", ControlType.GROUP_PUT, ControlType.GROUP_REMOVE, log, clock);
    }

    @Override
    String nameOf(SubscriptionGroupConfig config) {
        return config.groupName();
    }

    @Override
    SubscriptionGroupConfig parse(ByteBuffer json) {
        return SubscriptionGroupConfig.parse(json);
    }

    @Override
    void check(SubscriptionGroupConfig config) {
        // Everything can be stored.
    }

    @Override
    void applied(SubscriptionGroupConfig config) {
        // Nothing else follows.
    }

    @Override
    void removed(String configName) {
        // Nothing else follows.
    }

    @Override
    String sortedText(SubscriptionGroupConfig config) {
        Map<String, String> sorted = new TreeMap<>(config.attributes());
        SubscriptionGroupConfig plain = new SubscriptionGroupConfig(
                config.groupName(),
                config.consumeEnable(),
                config.consumeFromMinEnable(),
                config.consumeBroadcastEnable(),
                config.consumeMessageOrderly(),
                config.retryQueueNums(),
                config.retryMaxTimes(),
                config.groupRetryPolicy(),
                config.brokerId(),
                config.whichBrokerWhenConsumeSlowly(),
                config.notifyConsumerIdsChangedEnable(),
                config.groupSysFlag(),
                config.consumeTimeoutMinute(),
                Map.of());
        return text(json(plain)) + " " + sorted;
    }
}
