// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

import static io.agenamq.broker.config.Option.own;
import static io.agenamq.broker.config.Option.rocketmq;

import io.agenamq.broker.config.OptionTable.Unavailable;
import io.agenamq.broker.config.OptionType.Unit;
import io.agenamq.remoting.HostPort;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Every option of a broker, declared. Names, units and defaults are RocketMQ's wherever RocketMQ has the option; where the default differs,
 * the sentence says so.
 */
public final class BrokerOptions {

    private static final int PORT_MAX = 65_535;

    // who it is

    public static final Option<String> CLUSTER_NAME = rocketmq(
            "brokerClusterName",
            OptionType.identifier(),
            "DefaultCluster",
            "Name of the cluster this broker belongs to.");
    public static final Option<String> BROKER_NAME = rocketmq(
            "brokerName",
            OptionType.brokerName(),
            "broker-a",
            "Name of the broker; unique in the cluster, and part of every message queue's identity, so it must not change. "
                    + "RocketMQ takes the host name.");

    // where it is

    public static final Option<String> BIND_ADDRESS = rocketmq(
            "bindAddress",
            OptionType.text(),
            "127.0.0.1",
            "Host name or IP address to listen on; 0.0.0.0 for all. RocketMQ listens on all.");
    public static final Option<Integer> LISTEN_PORT =
            rocketmq("listenPort", OptionType.whole(0, PORT_MAX), 10_911, "Port to listen on; 0 picks a free one.");
    public static final Option<String> ADVERTISED_HOST = rocketmq(
            "brokerIP1",
            OptionType.text(),
            "",
            "Host name or IP address that clients are told to connect to; empty: the listening address, or the first address of the "
                    + "machine when that is 0.0.0.0.");
    public static final Option<Integer> ADVERTISED_PORT = own(
            "advertisedPort",
            OptionType.whole(0, PORT_MAX),
            0,
            "Port that clients are told to connect to; 0: the listening port.");
    public static final Option<List<HostPort>> NAME_SERVERS = rocketmq(
            "namesrvAddr",
            OptionType.addresses(),
            List.of(),
            "Name servers to register with. The environment variable NAMESRV_ADDR is understood, too.");
    public static final Option<Duration> REGISTER_PERIOD = rocketmq(
            "registerNameServerPeriod",
            OptionType.span(Unit.MILLISECONDS, 10_000, 60_000),
            Duration.ofSeconds(30),
            "How often the broker tells the name servers about itself when nothing changes.");
    public static final Option<Duration> REGISTER_TIMEOUT = rocketmq(
            "registerBrokerTimeoutMills",
            OptionType.span(Unit.MILLISECONDS, 100, 60_000),
            Duration.ofSeconds(6),
            "How long the broker waits for a name server's answer. RocketMQ 5 waits 24000.");

    // connections

    public static final Option<Integer> IO_THREADS = rocketmq(
            "serverWorkerThreads",
            OptionType.whole(0, 64),
            0,
            "Event loops, which do all the work of sends and pulls; 0: one per processor, at most 8.");
    public static final Option<Integer> CONNECTIONS_MAX = own(
            "connectionsMax",
            OptionType.whole(10, 1_000_000),
            10_000,
            "Connections at a time; further ones are closed at once.");
    public static final Option<Duration> FIRST_REQUEST_TIMEOUT = own(
            "firstRequestTimeoutMillis",
            OptionType.span(Unit.MILLISECONDS, 1_000, 86_400_000),
            Duration.ofSeconds(30),
            "A new connection on which no whole request has arrived after so long is closed.");
    public static final Option<Duration> CONNECTION_IDLE = rocketmq(
            "serverChannelMaxIdleTimeSeconds",
            OptionType.span(Unit.SECONDS, 5, 86_400),
            Duration.ofMinutes(2),
            "A connection on which nothing happens for so long is closed.");
    public static final Option<Long> OUTBOUND_BYTES_MAX = own(
            "connectionOutboundBytesMax",
            OptionType.bytes(1024 * 1024, 1024L * 1024 * 1024),
            64L * 1024 * 1024,
            "Bytes that may wait for a client that does not read; beyond, its connection is closed.");
    public static final Option<Duration> CLIENT_EXPIRY = rocketmq(
            "channelExpiredTimeout",
            OptionType.span(Unit.MILLISECONDS, 1_000, 86_400_000),
            Duration.ofMinutes(2),
            "A client that sends no heartbeat for so long is dropped from its groups.");

    public static final Option<AnonymousAccess> ANONYMOUS_ACCESS = own(
            "anonymousAccess",
            OptionType.oneOf(AnonymousAccess.class),
            AnonymousAccess.LOOPBACK,
            "Which connections are served without a user and a password: LOOPBACK those of this machine, ALL, or NONE. The "
                    + "official RocketMQ clients do not log in, and are refused where this does not let them in.");

    // topics and groups

    public static final Option<Boolean> AUTO_CREATE_TOPIC = rocketmq(
                    "autoCreateTopicEnable",
                    OptionType.flag(),
                    true,
                    "Whether a send to an unknown topic creates it, on the pattern of TBW102.")
            .changeableWhileRunning();
    public static final Option<Integer> DEFAULT_TOPIC_QUEUES = rocketmq(
            "defaultTopicQueueNums",
            OptionType.whole(1, 1024),
            8,
            "Queues of TBW102, and so the most that an automatically created topic gets.");
    public static final Option<Boolean> CLUSTER_TOPIC = rocketmq(
            "clusterTopicEnable",
            OptionType.flag(),
            true,
            "Whether the topic named like the cluster can be read and written.");
    public static final Option<Boolean> BROKER_TOPIC = rocketmq(
            "brokerTopicEnable",
            OptionType.flag(),
            true,
            "Whether the topic named like the broker can be read and written.");
    public static final Option<Boolean> TRACE_TOPIC = rocketmq(
            "traceTopicEnable",
            OptionType.flag(),
            false,
            "Whether the topic for message traces of clients is created at start.");
    public static final Option<String> TRACE_TOPIC_NAME = rocketmq(
            "msgTraceTopicName",
            OptionType.identifier(),
            "RMQ_SYS_TRACE_TOPIC",
            "Name of the topic for message traces.");
    public static final Option<Boolean> AUTO_CREATE_GROUP = rocketmq(
                    "autoCreateSubscriptionGroup",
                    OptionType.flag(),
                    true,
                    "Whether the first heartbeat or pull of an unknown consumer group creates it.")
            .changeableWhileRunning();
    public static final Option<Boolean> NOTIFY_MEMBERS = rocketmq(
                    "notifyConsumerIdsChangedEnable",
                    OptionType.flag(),
                    true,
                    "Whether the members of a consumer group are told at once when one comes or goes.")
            .changeableWhileRunning();
    public static final Option<Integer> BROKER_PERMISSION = rocketmq(
                    "brokerPermission",
                    OptionType.whole(0, 7),
                    6,
                    "What the broker allows on all topics: 4 reading, 2 writing, 6 both.")
            .changeableWhileRunning();

    // messages

    public static final Option<Integer> MESSAGE_BYTES_MAX = rocketmq(
            "maxMessageSize",
            OptionType.whole(1024, 12 * 1024 * 1024),
            4 * 1024 * 1024,
            "Bytes that the body of a message, or the whole of a batch, may have.");
    public static final Option<FlushDiskType> FLUSH_DISK_TYPE = rocketmq(
            "flushDiskType",
            OptionType.oneOf(FlushDiskType.class),
            FlushDiskType.ASYNC_FLUSH,
            "Whether a send is answered when the operating system has the message, or when it was forced to the disk.");
    public static final Option<Duration> SYNC_FLUSH_TIMEOUT = rocketmq(
            "syncFlushTimeout",
            OptionType.span(Unit.MILLISECONDS, 100, 600_000),
            Duration.ofSeconds(5),
            "How long a send waits for its flush before it is answered with FLUSH_DISK_TIMEOUT.");
    public static final Option<Long> ACCEPT_SENDS_FROM = rocketmq(
            "startAcceptSendRequestTimeStamp",
            OptionType.bigWhole(0, Long.MAX_VALUE),
            0L,
            "Sends are refused before this time, in milliseconds since 1970.");
    public static final Option<String> REGION = rocketmq(
            "regionId", OptionType.identifier(), "DefaultRegion", "Region that is written into every message.");
    public static final Option<Boolean> TRACE_ON =
            rocketmq("traceOn", OptionType.flag(), true, "Whether clients may trace the messages of this broker.");
    public static final Option<Boolean> STORE_REPLIES = rocketmq(
            "storeReplyMessageEnable",
            OptionType.flag(),
            true,
            "Whether replies of request-reply are stored as well as pushed.");
    public static final Option<Integer> TEMPORARY_DESTINATIONS_MAX = own(
            "temporaryDestinationsMax",
            OptionType.whole(0, 1_000_000),
            10_000,
            "Temporary queues and topics of Jakarta Messaging that one connection has at a time; more are refused.");
    public static final Option<Long> TEMPORARY_DESTINATION_BYTES_MAX = own(
            "temporaryDestinationBytesMax",
            OptionType.bytes(1024, 1024L * 1024 * 1024),
            16L * 1024 * 1024,
            "Memory that the messages of one temporary queue or topic take; further sends to it are refused. All together take at most a "
                    + "quarter of the process's memory.");

    public static final Option<Long> TRANSACTION_MEMORY = own(
            "transactionMemoryMax",
            OptionType.bytes(1024 * 1024, 16L * 1024 * 1024 * 1024),
            128L * 1024 * 1024,
            "Bytes of memory that all open Jakarta Messaging transactions may take together, at most a quarter of the heap. Messages are in "
                    + "memory until a transaction has 4 MiB of them, or this is used up; then they are stored at once, hidden until the "
                    + "commit, and take 128 bytes of memory each.");

    public static final Option<Long> TRANSACTION_BYTES = own(
            "transactionBytesMax",
            OptionType.bytes(1024 * 1024, 1024L * 1024 * 1024 * 1024),
            1024L * 1024 * 1024,
            "Bytes that the messages of one Jakarta Messaging transaction may have; what comes beyond is refused. An open transaction keeps "
                    + "the log from being dropped behind its first message.");

    public static final Option<Integer> TRANSACTION_MESSAGES = own(
            "transactionMessagesMax",
            OptionType.whole(1, 983_040),
            500_000,
            "Messages that one Jakarta Messaging transaction may have; what comes beyond is refused. Fewer with segments below 32 MiB: the "
                    + "references to them, 32 bytes each, are one batch of the log.");

    public static final Option<Boolean> REJECT_HALF_MESSAGES = rocketmq(
            "rejectTransactionMessage",
            OptionType.flag(),
            false,
            "Whether RocketMQ's transactional messages are refused.");
    public static final Option<Duration> HALF_MESSAGE_TIMEOUT = rocketmq(
            "transactionTimeOut",
            OptionType.span(Unit.MILLISECONDS, 1, 86_400_000),
            Duration.ofSeconds(6),
            "Age of a half message at which its producer group is asked for the first time, unless the message asks for more time. The same for a "
                    + "prepared branch whose decision is a row in an application's database.");
    public static final Option<Duration> HALF_MESSAGE_CHECK_INTERVAL = rocketmq(
            "transactionCheckInterval",
            OptionType.span(Unit.MILLISECONDS, 1, 86_400_000),
            Duration.ofSeconds(30),
            "From one question about a half message, or a branch, to the next. RocketMQ asks for the first time, too, only when such an interval ends.");
    public static final Option<Integer> HALF_MESSAGE_CHECKS_MAX = rocketmq(
            "transactionCheckMax",
            OptionType.whole(0, 1_000_000),
            15,
            "Questions about a half message; if none was answered, it is given up, with a copy in TRANS_CHECK_MAX_TIME_TOPIC. Those that "
                    + "could not be put, because no producer of the group was there, do not count, as they do in RocketMQ: then it is given up "
                    + "after fileReservedTime.");

    public static final Option<Duration> TRANSACTION_TIMEOUT = own(
            "transactionTimeoutSeconds",
            OptionType.span(Unit.SECONDS, 1, 86_400),
            Duration.ofMinutes(5),
            "How long after its first part a branch of an XA or distributed transaction is rolled back if it was neither prepared nor committed, "
                    + "where the client does not say another time. A prepared branch waits for its decision for ever.");

    public static final Option<Duration> TRANSACTION_IN_DOUBT_WARN = own(
            "transactionInDoubtWarnMillis",
            OptionType.span(Unit.MILLISECONDS, 1000, 86_400_000),
            Duration.ofMinutes(5),
            "After this time a prepared branch that waits for its decision is complained of in the log, once.");

    // reading

    public static final Option<Duration> REATTACH_GRACE = own(
            "reattachGraceMillis",
            OptionType.span(Unit.MILLISECONDS, 0, 600_000),
            Duration.ofSeconds(2),
            "How long what a Jakarta Messaging consumer had in flight waits for it when its connection is lost, and what consumers had in "
                    + "flight when the broker ended waits for them after a start: only they know what they have acknowledged. "
                    + "Then, or with 0 at once, it goes to others.");
    public static final Option<Boolean> LONG_POLLING = rocketmq(
                    "longPollingEnable",
                    OptionType.flag(),
                    true,
                    "Whether a pull that finds nothing waits as long as its client allows.")
            .changeableWhileRunning();
    public static final Option<Duration> SHORT_POLLING = rocketmq(
                    "shortPollingTimeMills",
                    OptionType.span(Unit.MILLISECONDS, 0, 30_000),
                    Duration.ofSeconds(1),
                    "How long a pull that finds nothing waits when longPollingEnable is false.")
            .changeableWhileRunning();
    public static final Option<Boolean> LITE_PULL = rocketmq(
                    "litePullMessageEnable", OptionType.flag(), true, "Whether lite pull consumers are served.")
            .changeableWhileRunning();
    public static final Option<Boolean> PROPERTY_FILTER = rocketmq(
                    "enablePropertyFilter",
                    OptionType.flag(),
                    true,
                    "Whether consumers may filter with SQL92 expressions. RocketMQ's default is false.")
            .changeableWhileRunning();
    public static final Option<Integer> HOT_PULL_COUNT_MAX = rocketmq(
            "maxTransferCountOnMessageInMemory", OptionType.whole(1, 4096), 32, "Messages that one pull returns.");
    public static final Option<Integer> HOT_PULL_BYTES_MAX = rocketmq(
            "maxTransferBytesOnMessageInMemory",
            OptionType.whole(1024, 8 * 1024 * 1024),
            256 * 1024,
            "Bytes that one pull returns, beyond its first message.");
    public static final Option<Integer> COLD_PULL_COUNT_MAX = rocketmq(
            "maxTransferCountOnMessageInDisk",
            OptionType.whole(1, 4096),
            8,
            "Messages that one pull returns when it reads far behind the end of the log.");
    public static final Option<Integer> COLD_PULL_BYTES_MAX = rocketmq(
            "maxTransferBytesOnMessageInDisk",
            OptionType.whole(1024, 8 * 1024 * 1024),
            64 * 1024,
            "Bytes that one pull returns when it reads far behind the end of the log, beyond its first message.");
    public static final Option<Integer> HOT_MEMORY_PERCENT = rocketmq(
            "accessMessageInMemoryMaxRatio",
            OptionType.whole(0, 95),
            40,
            "The newest part of the log, in percent of the machine's memory, that is taken to be in memory; what lies behind is read by "
                    + "reader threads.");
    public static final Option<Integer> QUERY_COUNT_MAX = rocketmq(
            "defaultQueryMaxNum", OptionType.whole(1, 1024), 32, "Messages that a query by unique id returns at most.");

    // the store

    public static final Option<String> DATA = rocketmq(
            "storePathRootDir", OptionType.path(), "~/agena/store", "Directory of the store. RocketMQ uses ~/store.");
    public static final Option<Long> SEGMENT_BYTES = rocketmq(
            "mappedFileSizeCommitLog",
            OptionType.bytes(1024 * 1024, 1024L * 1024 * 1024),
            64L * 1024 * 1024,
            "Size of one segment of the commit log. RocketMQ's default is 1 GiB.");
    public static final Option<Duration> FLUSH_INTERVAL = rocketmq(
            "flushIntervalCommitLog",
            OptionType.span(Unit.MILLISECONDS, 1, 60_000),
            Duration.ofMillis(500),
            "How long messages that nobody waits for may stay unforced.");
    public static final Option<Duration> RETENTION = rocketmq(
            "fileReservedTime",
            OptionType.span(Unit.HOURS, 0, 24 * 3650),
            Duration.ofDays(3),
            "How long messages of native topics are kept.");
    public static final Option<Set<Integer>> DELETE_HOURS = rocketmq(
            "deleteWhen",
            OptionType.hours(),
            Set.of(4),
            "Hours of the day, by the machine's clock, in which old messages are deleted.");
    public static final Option<Integer> DELETE_COUNT_MAX =
            rocketmq("deleteFileBatchMax", OptionType.whole(1, 1000), 10, "Segments that are deleted at once at most.");
    public static final Option<Duration> SETTLED_RETENTION = own(
            "settledReservedTime",
            OptionType.span(Unit.HOURS, 0, 24 * 3650),
            Duration.ZERO,
            "How long messages of queues and topics are kept at least that everybody has consumed, for going back to them; 0: not for that purpose.");
    public static final Option<Long> CLEANER_BYTES_PER_SECOND = own(
            "cleanerBytesPerSecond",
            OptionType.bytes(0, 1024L * 1024 * 1024),
            16L * 1024 * 1024,
            "Bytes of unconsumed messages that are moved out of old segments per second at most, so that the rest of the segment can go; 0: "
                    + "none are, and one forgotten message keeps all segments behind it.");
    public static final Option<Integer> DISK_CLEAN_PERCENT = rocketmq(
            "diskMaxUsedSpaceRatio",
            OptionType.whole(10, 95),
            75,
            "Disk use, in percent, from which messages older than fileReservedTime are deleted at once.");
    public static final Option<Integer> DISK_FORCE_PERCENT = rocketmq(
            "diskSpaceCleanForciblyRatio",
            OptionType.whole(30, 98),
            85,
            "Disk use, in percent, from which the oldest segments are deleted whatever their age.");
    public static final Option<Integer> DISK_FULL_PERCENT = rocketmq(
            "diskSpaceWarningLevelRatio",
            OptionType.whole(35, 99),
            90,
            "Disk use, in percent, from which sends are refused.");

    private static final List<Option<?>> DECLARED = List.of(
            CLUSTER_NAME,
            BROKER_NAME,
            BIND_ADDRESS,
            LISTEN_PORT,
            ADVERTISED_HOST,
            ADVERTISED_PORT,
            NAME_SERVERS,
            REGISTER_PERIOD,
            REGISTER_TIMEOUT,
            IO_THREADS,
            CONNECTIONS_MAX,
            FIRST_REQUEST_TIMEOUT,
            CONNECTION_IDLE,
            OUTBOUND_BYTES_MAX,
            CLIENT_EXPIRY,
            ANONYMOUS_ACCESS,
            AUTO_CREATE_TOPIC,
            DEFAULT_TOPIC_QUEUES,
            CLUSTER_TOPIC,
            BROKER_TOPIC,
            TRACE_TOPIC,
            TRACE_TOPIC_NAME,
            AUTO_CREATE_GROUP,
            NOTIFY_MEMBERS,
            BROKER_PERMISSION,
            MESSAGE_BYTES_MAX,
            FLUSH_DISK_TYPE,
            SYNC_FLUSH_TIMEOUT,
            ACCEPT_SENDS_FROM,
            REGION,
            TRACE_ON,
            STORE_REPLIES,
            TEMPORARY_DESTINATIONS_MAX,
            TEMPORARY_DESTINATION_BYTES_MAX,
            TRANSACTION_MEMORY,
            TRANSACTION_BYTES,
            TRANSACTION_MESSAGES,
            REJECT_HALF_MESSAGES,
            HALF_MESSAGE_TIMEOUT,
            HALF_MESSAGE_CHECK_INTERVAL,
            HALF_MESSAGE_CHECKS_MAX,
            TRANSACTION_TIMEOUT,
            TRANSACTION_IN_DOUBT_WARN,
            REATTACH_GRACE,
            LONG_POLLING,
            SHORT_POLLING,
            LITE_PULL,
            PROPERTY_FILTER,
            HOT_PULL_COUNT_MAX,
            HOT_PULL_BYTES_MAX,
            COLD_PULL_COUNT_MAX,
            COLD_PULL_BYTES_MAX,
            HOT_MEMORY_PERCENT,
            QUERY_COUNT_MAX,
            DATA,
            SEGMENT_BYTES,
            FLUSH_INTERVAL,
            RETENTION,
            DELETE_HOURS,
            DELETE_COUNT_MAX,
            SETTLED_RETENTION,
            CLEANER_BYTES_PER_SECOND,
            DISK_CLEAN_PERCENT,
            DISK_FORCE_PERCENT,
            DISK_FULL_PERCENT);

    /** Keys of a stock {@code broker.conf} that tune mechanisms which do not exist here; accepted, listed at start, without effect. */
    private static final Set<String> IGNORED = new TreeSet<>(Set.of(
            "abortFileDeleteWhenRestart",
            "adminBrokerThreadPoolNums",
            "autoMessageVersionOnTopicLen",
            "brokerFastFailureEnable",
            "brokerIP2",
            "checkCRCOnRecover",
            "cleanFileForciblyEnable",
            "cleanResourceInterval",
            "clientAsyncSemaphoreValue",
            "clientCallbackExecutorThreads",
            "clientManageThreadPoolNums",
            "clientManagerThreadPoolQueueCapacity",
            "clientOnewaySemaphoreValue",
            "commercialEnable",
            "commitCommitLogLeastPages",
            "commitCommitLogThoroughInterval",
            "commitIntervalCommitLog",
            "compressedRegister",
            "consumerManageThreadPoolNums",
            "consumerManagerThreadPoolQueueCapacity",
            "debugLockEnable",
            "deleteCommitLogFilesInterval",
            "deleteConsumeQueueFilesInterval",
            "destroyMapedFileIntervalForcibly",
            "diskFallRecorded",
            "enableCalcFilterBitMap",
            "enableConsumeQueueExt",
            "endTransactionPoolQueueCapacity",
            "endTransactionThreadPoolNums",
            "expectConsumerNumUseFilter",
            "fastFailIfNoBufferInStorePool",
            "fetchNamesrvAddrByAddressServer",
            "filterDataCleanTimeSpan",
            "filterSupportRetry",
            "flushCommitLogLeastPages",
            "flushCommitLogThoroughInterval",
            "flushCommitLogTimed",
            "flushConsumeQueueLeastPages",
            "flushConsumeQueueThoroughInterval",
            "flushConsumerOffsetHistoryInterval",
            "flushConsumerOffsetInterval",
            "flushDelayOffsetInterval",
            "flushIntervalConsumeQueue",
            "flushLeastPagesWhenWarmMapedFile",
            "forceRegister",
            "haHousekeepingInterval",
            "haListenPort",
            "haSendHeartbeatInterval",
            "haSlaveFallbehindMax",
            "haTransferBatchSize",
            "heartbeatThreadPoolNums",
            "heartbeatThreadPoolQueueCapacity",
            "highSpeedMode",
            "inSyncReplicas",
            "totalReplicas",
            "mapedFileSizeConsumeQueue",
            "mappedFileSizeConsumeQueue",
            "mappedFileSizeConsumeQueueExt",
            "maxErrorRateOfBloomFilter",
            "maxFilterMessageSize",
            "maxHashSlotNum",
            "maxIndexNum",
            "messageDelayLevel",
            "messageIndexEnable",
            "messageIndexSafe",
            "offsetCheckInSlave",
            "osPageCacheBusyTimeOutMills",
            "processReplyMessageThreadPoolNums",
            "pullMessageThreadPoolNums",
            "pullThreadPoolQueueCapacity",
            "putMsgIndexHightWater",
            "queryMessageThreadPoolNums",
            "queryThreadPoolQueueCapacity",
            "redeleteHangedFileInterval",
            "registerBrokerTimeoutMillis",
            "replyThreadPoolQueueCapacity",
            "rmqAddressServerDomain",
            "rmqAddressServerSubGroup",
            "rocketmqHome",
            "sendMessageThreadPoolNums",
            "sendThreadPoolQueueCapacity",
            "serverAsyncSemaphoreValue",
            "serverCallbackExecutorThreads",
            "serverOnewaySemaphoreValue",
            "serverPooledByteBufAllocatorEnable",
            "serverSelectorThreads",
            "serverSocketRcvBufSize",
            "serverSocketSndBufSize",
            "slaveReadEnable",
            "slaveTimeout",
            "storePathCommitLog",
            "storePathConsumeQueue",
            "storePathIndex",
            "storeCheckpoint",
            "abortFile",
            "timerWheelEnable",
            "timerMaxDelaySec",
            "timerPrecisionMs",
            "transferMsgByHeap",
            "transientStorePoolEnable",
            "transientStorePoolSize",
            "useEpollNativeSelector",
            "useReentrantLockWhenPutMessage",
            "waitTimeMillsInHeartbeatQueue",
            "waitTimeMillsInPullQueue",
            "waitTimeMillsInSendQueue",
            "waitTimeMillsInTransactionQueue",
            "warmMapedFileEnable"));

    private static final Unavailable OFF_ONLY =
            new Unavailable(Set.of("false"), "this version does not have the feature; remove the line");

    /** Keys that would promise what this version does not do: silently ignoring them would be a lie about safety. */
    private static final Map<String, Unavailable> UNAVAILABLE = Map.ofEntries(
            Map.entry(
                    "brokerId",
                    new Unavailable(
                            Set.of("0"), "replicas are not available in this version; only 0 (the primary) works")),
            Map.entry(
                    "brokerRole",
                    new Unavailable(
                            Set.of("ASYNC_MASTER"),
                            "replication is not available in this version; only ASYNC_MASTER works")),
            Map.entry("haMasterAddress", new Unavailable(Set.of(""), "replication is not available in this version")),
            Map.entry("aclEnable", OFF_ONLY),
            Map.entry("authenticationEnabled", OFF_ONLY),
            Map.entry("authorizationEnabled", OFF_ONLY),
            Map.entry("duplicationEnable", OFF_ONLY),
            Map.entry("enableControllerMode", OFF_ONLY),
            Map.entry("enableDLegerCommitLog", OFF_ONLY),
            Map.entry("enableSlaveActingMaster", OFF_ONLY),
            Map.entry("enableMultiDispatch", OFF_ONLY),
            Map.entry("enableLmq", OFF_ONLY),
            Map.entry("recallMessageEnable", OFF_ONLY));

    /** All of the above. */
    public static final OptionTable TABLE = new OptionTable("broker", DECLARED, IGNORED, UNAVAILABLE);

    private BrokerOptions() {}
}
