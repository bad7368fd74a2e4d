// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.broker.directory.GroupDirectory;
import io.agenamq.broker.directory.TopicDirectory;
import io.agenamq.broker.directory.TopicNames;
import io.agenamq.broker.group.ConsumerGroup;
import io.agenamq.broker.group.ConsumerGroups;
import io.agenamq.broker.group.MessageFilter;
import io.agenamq.broker.group.Subscription;
import io.agenamq.protocol.command.Permission;
import io.agenamq.protocol.command.PullMessageRequest;
import io.agenamq.protocol.command.PullMessageResponse;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SubscriptionData;
import io.agenamq.protocol.command.SubscriptionGroupConfig;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Request;
import io.agenamq.remoting.RequestHandler;
import io.agenamq.store.Store;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Codes 11 and 361: messages of one queue from an offset, with long polling. A pull that finds nothing is held and answered by the append
 * that brings a message; see {@link HeldPulls}. A pull whose messages do not match the filter is answered at once with where to go on, except
 * when it has been held before: then it waits on, so that a stream of messages for others does not become a stream of empty answers.
 *
 * <p>A pull runs on its connection's event loop, unless it reads so far behind the end of the log that it may have to wait for the disk; then
 * a reader thread does, and reads fewer messages.
 */
public final class PullHandler implements RequestHandler {

    private static final Logger LOG = LoggerFactory.getLogger(PullHandler.class);

    /** A pull is held no longer than this, whatever its client asks for: an idle connection is closed after 120 s. */
    private static final Duration HOLD_MAX = Duration.ofSeconds(100);

    private static final long PRIMARY = 0;

    /** Pulls of one connection that may be held: one per queue and group that its client consumes. */
    private static final int HELD_PER_CONNECTION_MAX = 50_000;

    /** Pulls of all connections that may be held; each costs about half a kilobyte. */
    private static final int HELD_MAX = 200_000;

    private final Store store;
    private final TopicDirectory topics;
    private final GroupDirectory groups;
    private final ConsumerGroups consumers;
    private final Filters filters;
    private final LiveSettings settings;
    private final SlowWork readers;
    private final MemoryHorizon horizon;
    private final OffsetResets resets;
    private final Throughput throughput;
    private final LongSupplier nanoClock;
    private final HeldPulls<ConsumeQueue> held;
    private final HeldPullCount heldCount = new HeldPullCount();
    private final AheadOfHeartbeat aheads;
    private volatile boolean stopping;
    /** Position of the damaged record that was complained about last: its consumers come again every few seconds. */
    private final AtomicLong lastDamage = new AtomicLong(-1);

    private final int hotCountMax;
    private final int hotBytesMax;
    private final int coldCountMax;
    private final int coldBytesMax;

    PullHandler(
            Store store,
            TopicDirectory topics,
            GroupDirectory groups,
            ConsumerGroups consumers,
            Filters filters,
            LiveSettings settings,
            SlowWork readers,
            MemoryHorizon horizon,
            OffsetResets resets,
            Throughput throughput,
            LongSupplier nanoClock) {
        this.store = store;
        this.topics = topics;
        this.groups = groups;
        this.consumers = consumers;
        this.filters = filters;
        this.settings = settings;
        this.readers = readers;
        this.horizon = horizon;
        this.resets = resets;
        this.throughput = throughput;
        this.nanoClock = nanoClock;
        held = new HeldPulls<>(ConsumeQueue::maxOffset, nanoClock);
        aheads = new AheadOfHeartbeat(nanoClock);
        hotCountMax = settings.get(BrokerOptions.HOT_PULL_COUNT_MAX);
        hotBytesMax = settings.get(BrokerOptions.HOT_PULL_BYTES_MAX);
        coldCountMax = settings.get(BrokerOptions.COLD_PULL_COUNT_MAX);
        coldBytesMax = settings.get(BrokerOptions.COLD_PULL_BYTES_MAX);
    }

    @Override
    public void handle(Request request) {
        new Pull(request, PullMessageRequest.readFrom(request.frame().fields())).begin();
    }

    /** Messages of {@code queue} below {@code newEnd} can be read. Called by the appending thread. */
    void arrived(ConsumeQueue queue, long newEnd) {
        held.arrived(queue, newEnd);
    }

    /** Answers held pulls whose time is up. Called by the broker's timer. */
    void expireHeld() {
        held.expire();
    }

    /** Answers the held pulls of a topic that is going away. */
    void release(String topic) {
        held.releaseIf(queue -> queue.topic().equals(topic));
    }

    /**
     * Refuses all pulls from now on, those that are held as well. A client that gets an answer comes again when the broker is back; one whose
     * connection just ends may wait for the answer until its own patience is over, and clients 4.9 do, for half a minute.
     */
    void refuseFromNowOn() {
        stopping = true;
        held.releaseIf(queue -> true);
    }

    /** How many pulls are held. */
    int heldCount() {
        return heldCount.get();
    }

    /** The count of the connection's own held pulls. */
    private static HeldPullCount countOf(Request request) {
        HeldPullCount count = request.connection().attachment(HeldPullCount.class);
        if (count == null) {
            throw new IllegalStateException("connection " + request.connection().id() + " was never opened");
        }
        return count;
    }

    /** One pull from its request to its answer. Its fields belong to whichever thread runs it: the loop, then perhaps a reader. */
    private final class Pull implements HeldPulls.HeldPull {

        private final Request request;
        private final PullMessageRequest pull;
        private boolean wasHeld;
        private boolean expired;
        /** Where to look next: behind what was looked at while held, and did not match. */
        private long offset;

        private long deadlineNanos;

        Pull(Request request, PullMessageRequest pull) {
            this.request = request;
            this.pull = pull;
            this.offset = pull.queueOffset();
        }

        void begin() {
            TopicConfig topic = check();
            if (isStranger()) {
                SubscriptionInquiry.of(request.connection())
                        .ask(pull.consumerGroup(), () -> SlowWork.answering(request, () -> begin(check())));
            } else {
                begin(topic);
            }
        }

        private void begin(TopicConfig topic) {
            MessageFilter filter = filter(topic);
            if (pull.commitsOffset()
                    && pull.commitOffset() >= 0
                    && !resets.isPending(pull.consumerGroup(), pull.topic(), pull.queueId())) {
                store.offsets().commit(pull.consumerGroup(), pull.topic(), pull.queueId(), pull.commitOffset());
            }
            look(filter);
        }

        /** Whether its filter must be asked for: nobody has introduced the consumer, and it does not sift by itself. */
        private boolean isStranger() {
            return !pull.hasSubscription()
                    && !siftsByItself()
                    && consumers.get(pull.consumerGroup()) == null
                    && ownWord() == null;
        }

        private @Nullable SubscriptionData ownWord() {
            return SubscriptionInquiry.of(request.connection())
                    .answer(pull.consumerGroup(), pull.topic(), pull.subVersion());
        }

        @Override
        public long offset() {
            return offset;
        }

        @Override
        public long deadlineNanos() {
            return deadlineNanos;
        }

        @Override
        public void wake(boolean timeIsUp) {
            heldCount.decrementAndGet();
            countOf(request).decrementAndGet();
            BrokerConnections.runOn(request.connection().executor(), () -> {
                expired |= timeIsUp;
                // Everything is checked again: the subscription, the topic and the permissions may have changed
                // meanwhile.
                SlowWork.answering(request, () -> look(filter(check())));
            });
        }

        private TopicConfig check() {
            if (stopping) {
                throw new ProtocolException(ResponseCode.SERVICE_NOT_AVAILABLE, "the broker is stopping");
            }
            if (!Permission.readable(settings.get(BrokerOptions.BROKER_PERMISSION))) {
                throw new ProtocolException(ResponseCode.NO_PERMISSION, "the broker pulling message is forbidden");
            }
            if ((pull.sysFlag() & PullMessageRequest.FLAG_LITE_PULL) != 0 && !settings.get(BrokerOptions.LITE_PULL)) {
                throw new ProtocolException(
                        ResponseCode.NO_PERMISSION, "the broker for lite pull message is forbidden");
            }
            SubscriptionGroupConfig group = groups.require(pull.consumerGroup());
            if (!group.consumeEnable()) {
                throw new ProtocolException(
                        ResponseCode.NO_PERMISSION, "subscription group no permission, " + group.groupName());
            }
            TopicConfig topic = topics.require(pull.topic());
            if (!Permission.readable(topic.perm())) {
                throw new ProtocolException(
                        ResponseCode.NO_PERMISSION,
                        "the topic[" + topic.topicName() + "] pulling message is forbidden");
            }
            if (pull.queueId() < 0 || pull.queueId() >= topic.readQueueNums()) {
                throw new ProtocolException(
                        ResponseCode.INVALID_PARAMETER,
                        "queueId[" + pull.queueId() + "] is illegal, topic:[" + topic.topicName()
                                + "] topicConfig.readQueueNums:[" + topic.readQueueNums() + "] consumer:["
                                + request.connection().remoteAddress() + "]");
            }
            return topic;
        }

        private MessageFilter filter(TopicConfig topic) {
            if (pull.hasSubscription()) {
                return filters.of(pull.expressionType(), pull.subscription());
            }
            ConsumerGroup group = consumers.get(pull.consumerGroup());
            if (group == null && siftsByItself()) {
                // After a restart of the broker its consumers go on pulling, and most send no heartbeat before half a
                // minute is over.
                return MessageFilter.ALL;
            }
            if (group == null) {
                SubscriptionData word = ownWord();
                if (word != null) {
                    return TopicNames.isRetry(topic.topicName()) ? MessageFilter.ALL : filters.of(word);
                }
                throw new ProtocolException(
                        ResponseCode.SUBSCRIPTION_NOT_EXIST,
                        "the consumer's group info not exist: " + pull.consumerGroup());
            }
            if (group.isBroadcasting() && !groups.require(group.name()).consumeBroadcastEnable()) {
                throw new ProtocolException(
                        ResponseCode.NO_PERMISSION,
                        "the consumer group[" + group.name() + "] can not consume by broadcast way");
            }
            Subscription subscription = group.subscription(topic.topicName());
            if (subscription == null) {
                throw new ProtocolException(
                        ResponseCode.SUBSCRIPTION_NOT_EXIST,
                        "the consumer's subscription not exist, group: " + group.name() + ", topic: "
                                + topic.topicName());
            }
            if (subscription.data().subVersion() < pull.subVersion()) {
                if (siftsByItself()) {
                    return MessageFilter.ALL;
                }
                if (!aheads.isLasting(group.name(), topic.topicName(), pull.subVersion())) {
                    throw new ProtocolException(
                            ResponseCode.SUBSCRIPTION_NOT_LATEST, "the consumer's subscription not latest");
                }
            } else {
                aheads.known(
                        group.name(), topic.topicName(), subscription.data().subVersion());
            }
            // Retried messages were chosen before; their properties are no longer the ones the expression was written
            // for.
            return TopicNames.isRetry(topic.topicName()) ? MessageFilter.ALL : subscription.filter();
        }

        /**
         * Whether the client will look at the tags of what it gets once more, as it must for tags with the same hash. Then all messages are a
         * right answer where the broker does not know what is wanted, and the client need not wait until it does.
         */
        private boolean siftsByItself() {
            return pull.expressionType() == null || SubscriptionData.TAG.equals(pull.expressionType());
        }

        private void look(MessageFilter filter) {
            ConsumeQueue queue = store.queue(pull.topic(), pull.queueId());
            if (queue == null) {
                boolean fromStart = offset == 0;
                answer(
                        fromStart ? ResponseCode.PULL_NOT_FOUND : ResponseCode.PULL_OFFSET_MOVED,
                        "NO_MATCHED_LOGIC_QUEUE",
                        new PullMessageResponse(PRIMARY, 0, 0, 0),
                        Body.EMPTY);
                return;
            }
            long resetTo = resets.take(pull.consumerGroup(), pull.topic(), pull.queueId());
            if (resetTo >= 0) {
                answer(
                        ResponseCode.PULL_OFFSET_MOVED,
                        "OFFSET_RESET",
                        new PullMessageResponse(PRIMARY, resetTo, queue.minOffset(), queue.maxOffset()),
                        Body.EMPTY);
                return;
            }
            if (isCold(queue)) {
                readers.run(request, () -> look(queue, filter, coldCountMax, coldBytesMax, true));
            } else {
                look(queue, filter, hotCountMax, hotBytesMax, false);
            }
        }

        private boolean isCold(ConsumeQueue queue) {
            QueueEntry first = new QueueEntry();
            return offset >= queue.minOffset()
                    && offset < queue.maxOffset()
                    && queue.read(offset, first)
                    && horizon.isCold(first.position());
        }

        private void look(ConsumeQueue queue, MessageFilter filter, int countLimit, int bytesLimit, boolean cold) {
            int countMax = Math.max(1, Math.min(pull.maxMsgNums(), countLimit));
            int bytesMax = Math.max(1, Math.min(pull.maxMsgBytes(), bytesLimit));
            PullScan scan = new PullScan(store);
            PullScan.Status status;
            try {
                status = scan.look(queue, offset, countMax, bytesMax, filter);
            } catch (CorruptRecordException damaged) {
                throw refused(queue, scan.nextOffset(), damaged);
            }
            if (status == PullScan.Status.FOUND && cold) {
                scan.fetch();
            }
            int code =
                    switch (status) {
                        case FOUND -> ResponseCode.SUCCESS;
                        case NO_MATCHED_MESSAGE -> ResponseCode.PULL_RETRY_IMMEDIATELY;
                        case OFFSET_OVERFLOW_ONE -> ResponseCode.PULL_NOT_FOUND;
                        case NO_MESSAGE_IN_QUEUE ->
                            offset == 0 ? ResponseCode.PULL_NOT_FOUND : ResponseCode.PULL_OFFSET_MOVED;
                        case OFFSET_OVERFLOW_BADLY, OFFSET_TOO_SMALL -> ResponseCode.PULL_OFFSET_MOVED;
                    };
            boolean nothingYet = code == ResponseCode.PULL_NOT_FOUND
                    || (code == ResponseCode.PULL_RETRY_IMMEDIATELY
                            && wasHeld
                            && scan.nextOffset() == scan.maxOffset());
            if (nothingYet) {
                offset = scan.nextOffset();
                if (!expired && pull.maySuspend()) {
                    hold(queue);
                    return;
                }
                if (offset != pull.queueOffset()) {
                    // What arrived while it was held was not for it: the client need not look at that again.
                    code = ResponseCode.PULL_RETRY_IMMEDIATELY;
                    status = PullScan.Status.NO_MATCHED_MESSAGE;
                }
            }
            boolean isFound = status == PullScan.Status.FOUND;
            (isFound ? throughput.pullsFound : throughput.pullsMissed).add(1);
            throughput.messagesOut.add(scan.foundCount());
            answer(
                    code,
                    status.name(),
                    new PullMessageResponse(PRIMARY, scan.nextOffset(), scan.minOffset(), scan.maxOffset()),
                    isFound ? scan.body() : Body.EMPTY);
        }

        /** Never passed over in silence: whether the queue goes on without the message is for people to decide. */
        private ProtocolException refused(ConsumeQueue queue, long damagedOffset, CorruptRecordException damaged) {
            String what =
                    "the message at offset " + damagedOffset + " of " + queue + " is damaged: " + damaged.getMessage()
                            + "; to go on without it, reset the group's offset to " + (damagedOffset + 1);
            if (lastDamage.getAndSet(damaged.position()) != damaged.position()) {
                LOG.error("{}", what);
            }
            return new ProtocolException(ResponseCode.SYSTEM_ERROR, what);
        }

        private void hold(ConsumeQueue queue) {
            if (heldCount.get() >= HELD_MAX || countOf(request).get() >= HELD_PER_CONNECTION_MAX) {
                throw new ProtocolException(
                        ResponseCode.SYSTEM_BUSY,
                        "[OVERLOAD]system busy, start flow control for a while: too many pulls are waiting");
            }
            if (stopping) {
                throw new ProtocolException(ResponseCode.SERVICE_NOT_AVAILABLE, "the broker is stopping");
            }
            heldCount.incrementAndGet();
            countOf(request).incrementAndGet();
            if (!wasHeld) {
                wasHeld = true;
                Duration wanted = settings.get(BrokerOptions.LONG_POLLING)
                        ? Duration.ofMillis(Math.max(0, Math.min(pull.suspendTimeoutMillis(), HOLD_MAX.toMillis())))
                        : settings.get(BrokerOptions.SHORT_POLLING);
                deadlineNanos = nanoClock.getAsLong() + wanted.toNanos();
            }
            held.hold(queue, this);
        }

        private void answer(int code, String remark, PullMessageResponse response, Body body) {
            request.reply(code, remark, response, body);
        }
    }
}
