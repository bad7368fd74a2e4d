// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.directory.GroupDirectory;
import io.agenamq.broker.directory.TopicDirectory;
import io.agenamq.protocol.command.OffsetResponse;
import io.agenamq.protocol.command.QueryConsumerOffsetRequest;
import io.agenamq.protocol.command.QueueRequest;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SearchOffsetRequest;
import io.agenamq.protocol.command.StoreTimeResponse;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.command.UpdateConsumerOffsetRequest;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import org.jspecify.annotations.Nullable;

/**
 * Codes 14, 15 and 29 to 32: where a group is in a queue, and where things are in a queue. Runs on event loops; the search by time and the
 * oldest entry may read a page of the consume queue from the disk and go to the slow threads.
 */
final class OffsetHandler {

    private static final long NO_STORE_TIME = -1;

    private final Store store;
    private final TopicDirectory topics;
    private final GroupDirectory groups;
    private final MemoryHorizon horizon;
    private final OffsetResets resets;

    OffsetHandler(
            Store store, TopicDirectory topics, GroupDirectory groups, MemoryHorizon horizon, OffsetResets resets) {
        this.store = store;
        this.topics = topics;
        this.groups = groups;
        this.horizon = horizon;
        this.resets = resets;
    }

    void enterInto(HandlerTable table, SlowWork slow) {
        table.register(RequestCode.QUERY_CONSUMER_OFFSET, this::query);
        table.register(RequestCode.UPDATE_CONSUMER_OFFSET, this::update);
        table.register(RequestCode.GET_MAX_OFFSET, this::max);
        table.register(RequestCode.GET_MIN_OFFSET, this::min);
        table.register(RequestCode.SEARCH_OFFSET_BY_TIMESTAMP, slow.offLoop((request, frame) -> search(request)));
        table.register(RequestCode.GET_EARLIEST_MSG_STORETIME, slow.offLoop((request, frame) -> earliest(request)));
    }

    /**
     * The stored offset. A group without one starts at 0 if the queue still has its first message, and that in memory: clients that want "the
     * last offset" are expected to see the whole of a young topic (behaviour §22, trap 1).
     */
    private void query(Request request) {
        QueryConsumerOffsetRequest wanted =
                QueryConsumerOffsetRequest.readFrom(request.frame().fields());
        long stored = store.offsets().get(wanted.consumerGroup(), wanted.topic(), wanted.queueId());
        if (stored >= 0) {
            request.reply(new OffsetResponse(stored));
        } else if (wanted.setZeroIfNotFound() && isYoung(store.queue(wanted.topic(), wanted.queueId()))) {
            request.reply(new OffsetResponse(0));
        } else {
            request.refuse(
                    ResponseCode.QUERY_NOT_FOUND, "Not found, V3_0_6_SNAPSHOT maybe this group consumer boot first");
        }
    }

    private boolean isYoung(@Nullable ConsumeQueue queue) {
        QueueEntry first = new QueueEntry();
        return queue != null
                && queue.minOffset() <= 0
                && queue.maxOffset() > 0
                && queue.read(0, first)
                && !horizon.isCold(first.position());
    }

    private void update(Request request) {
        UpdateConsumerOffsetRequest wanted =
                UpdateConsumerOffsetRequest.readFrom(request.frame().fields());
        groups.require(wanted.consumerGroup());
        TopicConfig topic = topics.require(wanted.topic());
        if (wanted.queueId() < 0
                || wanted.queueId() >= Math.max(topic.readQueueNums(), topic.writeQueueNums())
                || wanted.commitOffset() < 0) {
            throw new ProtocolException(
                    ResponseCode.INVALID_PARAMETER,
                    "topic " + topic.topicName() + " has no offset " + wanted.commitOffset() + " in queue "
                            + wanted.queueId());
        }
        if (resets.isPending(wanted.consumerGroup(), wanted.topic(), wanted.queueId())) {
            request.reply(ResponseCode.SUCCESS, "Offset has been previously reset", Header.NONE, Body.EMPTY);
            return;
        }
        store.offsets().commit(wanted.consumerGroup(), wanted.topic(), wanted.queueId(), wanted.commitOffset());
        request.reply(Header.NONE);
    }

    private void max(Request request) {
        QueueRequest wanted = QueueRequest.readFrom(request.frame().fields());
        ConsumeQueue queue = store.queue(wanted.topic(), wanted.queueId());
        request.reply(new OffsetResponse(queue == null ? 0 : queue.maxOffset()));
    }

    private void min(Request request) {
        QueueRequest wanted = QueueRequest.readFrom(request.frame().fields());
        ConsumeQueue queue = store.queue(wanted.topic(), wanted.queueId());
        request.reply(new OffsetResponse(queue == null ? 0 : queue.minOffset()));
    }

    private void search(Request request) {
        SearchOffsetRequest wanted =
                SearchOffsetRequest.readFrom(request.frame().fields());
        ConsumeQueue queue = store.queue(wanted.topic(), wanted.queueId());
        request.reply(new OffsetResponse(queue == null ? 0 : queue.offsetAt(wanted.timestamp(), wanted.upper())));
    }

    private void earliest(Request request) {
        QueueRequest wanted = QueueRequest.readFrom(request.frame().fields());
        ConsumeQueue queue = store.queue(wanted.topic(), wanted.queueId());
        QueueEntry first = new QueueEntry();
        boolean any = queue != null && queue.maxOffset() > queue.minOffset() && queue.read(queue.minOffset(), first);
        request.reply(new StoreTimeResponse(any ? first.storeTime() : NO_STORE_TIME));
    }
}
