// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.broker.directory.TopicDirectory;
import io.agenamq.broker.registration.Registrar;
import io.agenamq.broker.registration.Registration;
import io.agenamq.protocol.command.DataVersion;
import io.agenamq.protocol.command.QueueData;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.remoting.HostPort;
import io.agenamq.store.table.TopicTable;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The broker as name servers see it: its topics, with the permissions that {@code brokerPermission} leaves of them. Immutable; everything is
 * read anew each time. Any thread.
 */
final class RegisteredBroker implements Registrar.Registered {

    /** Permission bits that {@code brokerPermission} does not restrict. */
    private static final int INHERIT_AND_PRIORITY = 1 | 8;

    private final LiveSettings settings;
    private final TopicDirectory topics;
    private final TopicTable table;
    private final HostPort advertised;
    private final LongSupplier permissionChanges;

    /** {@code permissionChanges} counts the changes of {@code brokerPermission}, of which the table's own version does not know. */
    RegisteredBroker(
            LiveSettings settings,
            TopicDirectory topics,
            TopicTable table,
            HostPort advertised,
            LongSupplier permissionChanges) {
        this.settings = settings;
        this.topics = topics;
        this.table = table;
        this.advertised = advertised;
        this.permissionChanges = permissionChanges;
    }

    @Override
    public Registration registration() {
        // The version first: what changes after it has been read is sent once more.
        DataVersion version = table.version();
        return new Registration(
                settings.get(BrokerOptions.CLUSTER_NAME),
                settings.get(BrokerOptions.BROKER_NAME),
                advertised,
                new DataVersion(
                        version.stateVersion(), version.timestamp(), version.counter() + permissionChanges.getAsLong()),
                topics.all().stream()
                        .map(topic -> topic.withPerm(visiblePermission(topic)))
                        .toList());
    }

    @Override
    public QueueData queuesOf(TopicConfig topic) {
        return new QueueData(
                settings.get(BrokerOptions.BROKER_NAME),
                topic.readQueueNums(),
                topic.writeQueueNums(),
                visiblePermission(topic),
                topic.topicSysFlag());
    }

    @Override
    public void ordered(Set<String> topicNames) {
        topics.markOrdered(topicNames);
    }

    private int visiblePermission(TopicConfig topic) {
        return topic.perm() & (settings.get(BrokerOptions.BROKER_PERMISSION) | INHERIT_AND_PRIORITY);
    }
}
