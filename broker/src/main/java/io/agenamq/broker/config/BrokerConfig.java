// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

import io.agenamq.remoting.HostPort;
import io.agenamq.store.StoreConfig;
import io.agenamq.store.log.LogConfig;
import io.agenamq.store.retention.RetentionConfig;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;

/**
 * What a broker process is built from: the settings, checked, with the few values that several components need in the form they need them.
 * Immutable; made once, by the composition root.
 *
 * @param settings every option's value with its origin
 * @param listen where to listen; port 0 picks a free one
 * @param nameServers who is told about this broker; may be empty
 * @param dataDirectory where the store is
 */
public record BrokerConfig(Settings settings, HostPort listen, List<HostPort> nameServers, Path dataDirectory) {

    /** What a message takes in the log beside its body, at most. */
    private static final int RECORD_ROOM_BYTES = 64 * 1024;

    /**
     * Derives the configuration from settings.
     *
     * @param home the user's home directory, which a leading {@code ~} in a path stands for
     */
    public static BrokerConfig of(Settings settings, Path home) {
        checkContradictions(settings);
        return new BrokerConfig(
                settings,
                new HostPort(settings.get(BrokerOptions.BIND_ADDRESS), settings.get(BrokerOptions.LISTEN_PORT)),
                settings.get(BrokerOptions.NAME_SERVERS),
                expand(settings.get(BrokerOptions.DATA), home));
    }

    /** {@link #nameServers} replaced: an embedded name server's address is known only when it listens. */
    public BrokerConfig withNameServers(List<HostPort> addresses) {
        return new BrokerConfig(settings, listen, List.copyOf(addresses), dataDirectory);
    }

    /** Shorthand for {@code settings().get(option)}. */
    public <T> T get(Option<T> option) {
        return settings.get(option);
    }

    /** What the store is opened with. */
    public StoreConfig store() {
        RetentionConfig retention = new RetentionConfig(
                get(BrokerOptions.RETENTION),
                get(BrokerOptions.DELETE_HOURS),
                ZoneId.systemDefault(),
                get(BrokerOptions.DISK_CLEAN_PERCENT),
                get(BrokerOptions.DISK_FORCE_PERCENT),
                get(BrokerOptions.DISK_FULL_PERCENT),
                get(BrokerOptions.DELETE_COUNT_MAX),
                get(BrokerOptions.SETTLED_RETENTION),
                get(BrokerOptions.CLEANER_BYTES_PER_SECOND));
        return StoreConfig.defaults()
                .withLog(LogConfig.defaults()
                        .withSegmentBytes(get(BrokerOptions.SEGMENT_BYTES).intValue())
                        .withFlushInterval(get(BrokerOptions.FLUSH_INTERVAL)))
                .withRetention(retention);
    }

    private static void checkContradictions(Settings settings) {
        int clean = settings.get(BrokerOptions.DISK_CLEAN_PERCENT);
        int force = settings.get(BrokerOptions.DISK_FORCE_PERCENT);
        int full = settings.get(BrokerOptions.DISK_FULL_PERCENT);
        if (clean > force || force > full) {
            throw new ConfigException(
                    settings.origin(BrokerOptions.DISK_FULL_PERCENT).text()
                            + ": diskMaxUsedSpaceRatio=" + clean + ", diskSpaceCleanForciblyRatio=" + force
                            + " and diskSpaceWarningLevelRatio=" + full + " must not fall");
        }
        long batchMax = LogConfig.defaults()
                .withSegmentBytes(settings.get(BrokerOptions.SEGMENT_BYTES).intValue())
                .batchBytesMax();
        if (settings.get(BrokerOptions.MESSAGE_BYTES_MAX) + RECORD_ROOM_BYTES > batchMax) {
            throw new ConfigException(
                    settings.origin(BrokerOptions.SEGMENT_BYTES).text()
                            + ": a message of maxMessageSize=" + settings.get(BrokerOptions.MESSAGE_BYTES_MAX)
                            + " bytes does not fit into a segment of mappedFileSizeCommitLog="
                            + settings.get(BrokerOptions.SEGMENT_BYTES) + " bytes");
        }
        String clusterName = settings.get(BrokerOptions.CLUSTER_NAME);
        if (clusterName.equals(settings.get(BrokerOptions.BROKER_NAME))) {
            throw new ConfigException(
                    settings.origin(BrokerOptions.BROKER_NAME).text() + ": brokerName and brokerClusterName are both '"
                            + clusterName + "'; both name a topic, so they must differ");
        }
    }

    static Path expand(String path, Path home) {
        if (path.equals("~")) {
            return home;
        }
        return path.startsWith("~/")
                ? home.resolve(path.substring(2))
                : Path.of(path).toAbsolutePath();
    }
}
