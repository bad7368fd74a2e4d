// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.table;

import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.queue.QueueTable;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

/** The topics of this broker. A topic that is here has its consume queues; removing it removes them with all offsets. */
public final class TopicTable extends ConfigTable<TopicConfig> {

    private final QueueTable queues;

    /** No topics. */
    public TopicTable(ControlSink log, QueueTable queues, InstantSource clock) {
        super("topics", ControlType.TOPIC_PUT, ControlType.TOPIC_REMOVE, log, clock);
        this.queues = queues;
    }

    @Override
    String nameOf(TopicConfig config) {
        return config.topicName();
    }

    @Override
    TopicConfig parse(ByteBuffer json) {
        return TopicConfig.parse(json);
    }

    @Override
    void check(TopicConfig config) {
        int count = queueCount(config);
        if (count < 1 || count > QueueTable.QUEUES_PER_TOPIC_MAX) {
            throw new IllegalArgumentException("topic '" + config.topicName() + "' with " + count + " queues; 1 to "
                    + QueueTable.QUEUES_PER_TOPIC_MAX + " are possible");
        }
    }

    @Override
    void applied(TopicConfig config) {
        queues.declare(config.topicName(), queueCount(config));
    }

    @Override
    void removed(String configName) {
        queues.remove(configName);
    }

    @Override
    String sortedText(TopicConfig config) {
        Map<String, String> sorted = new TreeMap<>(config.attributes());
        return config.topicName() + " read=" + config.readQueueNums() + " write=" + config.writeQueueNums() + " perm="
                + config.perm() + " filter=" + config.topicFilterType() + " flag=" + config.topicSysFlag() + " order="
                + config.order() + " " + sorted;
    }

    private static int queueCount(TopicConfig config) {
        return Math.max(config.readQueueNums(), config.writeQueueNums());
    }
}
