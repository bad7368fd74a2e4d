// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

import static io.agenamq.broker.config.Option.own;
import static io.agenamq.broker.config.Option.rocketmq;

import io.agenamq.broker.config.OptionType.Unit;
import io.agenamq.nameserver.NameServerConfig;
import io.agenamq.remoting.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Every option of a name server, declared. Names, units and defaults are RocketMQ's. */
public final class NameServerOptions {

    public static final Option<String> BIND_ADDRESS = rocketmq(
            "bindAddress",
            OptionType.text(),
            "127.0.0.1",
            "Host name or IP address to listen on; 0.0.0.0 for all. RocketMQ listens on all.");
    public static final Option<Integer> LISTEN_PORT =
            rocketmq("listenPort", OptionType.whole(0, 65_535), 9_876, "Port to listen on; 0 picks a free one.");
    public static final Option<Boolean> ORDER_MESSAGES = rocketmq(
            "orderMessageEnable",
            OptionType.flag(),
            false,
            "Whether routes carry the queues of ordered topics from the ORDER_TOPIC_CONFIG name space.");
    public static final Option<Duration> BROKER_TIMEOUT = own(
            "brokerTimeoutMillis",
            OptionType.span(Unit.MILLISECONDS, 1_000, 86_400_000),
            Duration.ofMinutes(2),
            "A broker that is silent for so long is forgotten, unless it asks for another time itself.");
    public static final Option<String> DATA = own(
            "dataDirectory",
            OptionType.text(),
            "",
            "Directory that keeps the configuration items (order of topics and the like); empty: in memory only.");

    private static final Set<String> IGNORED = new TreeSet<>(Set.of(
            "clientAsyncSemaphoreValue",
            "clientOnewaySemaphoreValue",
            "clientRequestThreadPoolNums",
            "clientRequestThreadPoolQueueCapacity",
            "clusterTest",
            "configStorePath",
            "defaultThreadPoolNums",
            "defaultThreadPoolQueueCapacity",
            "deleteTopicWithBrokerRegistration",
            "enableAllTopicList",
            "enableTopicList",
            "kvConfigPath",
            "needWaitForService",
            "notifyMinBrokerIdChanged",
            "productEnvName",
            "returnOrderTopicConfigToBroker",
            "rocketmqHome",
            "scanNotActiveBrokerInterval",
            "serverAsyncSemaphoreValue",
            "serverCallbackExecutorThreads",
            "serverChannelMaxIdleTimeSeconds",
            "serverOnewaySemaphoreValue",
            "serverPooledByteBufAllocatorEnable",
            "serverSelectorThreads",
            "serverSocketRcvBufSize",
            "serverSocketSndBufSize",
            "serverWorkerThreads",
            "supportActingMaster",
            "unRegisterBrokerQueueCapacity",
            "useEpollNativeSelector",
            "waitSecondsForService"));

    /** All of the above. */
    public static final OptionTable TABLE = new OptionTable(
            "name server",
            List.of(BIND_ADDRESS, LISTEN_PORT, ORDER_MESSAGES, BROKER_TIMEOUT, DATA),
            IGNORED,
            Map.of(
                    "enableControllerInNamesrv",
                    new OptionTable.Unavailable(
                            Set.of("false"), "this version does not have the feature; remove the line")));

    private NameServerOptions() {}

    /**
     * What a name server with these settings is started with.
     *
     * @param home the user's home directory, which a leading {@code ~} in a path stands for
     */
    public static NameServerConfig configOf(Settings settings, Path home) {
        String directory = settings.get(DATA);
        return NameServerConfig.listeningOn(new HostPort(settings.get(BIND_ADDRESS), settings.get(LISTEN_PORT)))
                .withDataDirectory(directory.isEmpty() ? null : BrokerConfig.expand(directory, home))
                .withBrokerTimeout(settings.get(BROKER_TIMEOUT))
                .withOrderMessageEnable(settings.get(ORDER_MESSAGES));
    }
}
