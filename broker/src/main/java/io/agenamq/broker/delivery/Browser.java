// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsBrowseRequest;
import io.agenamq.protocol.command.JmsBrowseResponse;
import io.agenamq.protocol.jms.StoredMessage;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.remoting.Request;
import io.agenamq.store.cursor.BitPlane;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the messages of one message queue page by page and owns nothing: no state stays behind between two pages, and nobody's delivery is
 * touched. Where the queue has a built-in subscription, its window says what is settled; it is read by the thread that owns it.
 *
 * <p>Messages come in the order of their offsets, or, where there are several priorities and settled ones are not asked for, higher priorities first, as
 * they are delivered. What a page ends with is then a mark, which only the next page reads:
 *
 * <pre>
 *   offset    | 9 - priority 16 | next offset of that priority 48 |
 *   until     | 10              | end of the queue                |       larger than all marks before it
 * </pre>
 */
final class Browser {

    private static final Logger LOG = LoggerFactory.getLogger(Browser.class);

    /** Entries that one request looks at; a selector that matches little gets short pages. */
    private static final int ENTRIES_MAX = 16 * 1024;

    private static final int MARK_SHIFT = 48;
    private static final long MARK_OFFSET = (1L << MARK_SHIFT) - 1;
    private static final int MARK_END = Priorities.HIGHEST + 1;

    private static final int PAGE_MESSAGES_MAX = 1024;
    private static final int PAGE_BYTES_MAX = 4 * 1024 * 1024;

    private final RecordSource records;
    private final QueueEntry entry = new QueueEntry();
    private final StoredMessage message = new StoredMessage();

    Browser(RecordSource records) {
        this.records = records;
    }

    /**
     * Answers one page.
     *
     * @param window what is settled; null where everything that is there is shown
     */
    void answer(
            Request request,
            JmsBrowseRequest page,
            Selector selector,
            ConsumeQueue queue,
            @Nullable Window window,
            int queueCount,
            long now) {
        if (window != null && !page.settled() && isByPriority(page, window)) {
            answerByPriority(request, page, selector, window, queueCount, now);
            return;
        }
        long until = page.until() > 0 ? Math.min(page.until(), queue.maxOffset()) : queue.maxOffset();
        long offset = Math.max(page.offset(), queue.minOffset());
        int messagesMax = Math.max(1, Math.min(page.messages(), PAGE_MESSAGES_MAX));
        int bytesMax = Math.max(1, Math.min(page.bytes(), PAGE_BYTES_MAX));
        RecordsBody body = new RecordsBody();
        for (int left = ENTRIES_MAX;
                left > 0 && offset < until && body.count() < messagesMax && body.length() < bytesMax;
                left--, offset++) {
            show(page, selector, queue, window, offset, now, body);
        }
        request.reply(new JmsBrowseResponse(body.count(), Math.min(offset, until), until, queueCount), body);
    }

    private void show(
            JmsBrowseRequest page,
            Selector selector,
            ConsumeQueue queue,
            @Nullable Window window,
            long offset,
            long now,
            RecordsBody body) {
        boolean hidden = !page.settled() && window != null && window.isSettled(offset);
        if (hidden || !queue.read(offset, entry) || isExpired(page, now) || isDelayed(page, now)) {
            return;
        }
        RecordSlice slice = selector.tags().mayContain(entry.tagHash()) ? read(queue, offset) : null;
        if (slice == null) {
            return;
        }
        int number = window == null ? 1 : window.deliveryNumber(offset);
        if (selector.matchesAll() || selector.matches(message.reset(slice.buffer(), 0, number))) {
            body.add(slice, number);
        } else {
            slice.release();
        }
    }

    // ---- by priority

    private static long mark(int rank, long offset) {
        return (long) rank << MARK_SHIFT | offset;
    }

    /** A walk goes on as it began; one that begins must know of all priorities. */
    private boolean isByPriority(JmsBrowseRequest page, Window window) {
        if (page.until() > 0) {
            return page.until() >= mark(1, 0);
        }
        return page.offset() == 0 && (!window.sort(ENTRIES_MAX, entry) || window.hasPriorities());
    }

    private void answerByPriority(
            Request request, JmsBrowseRequest page, Selector selector, Window window, int queueCount, long now) {
        ConsumeQueue queue = window.queue();
        long end = Math.min(queue.maxOffset(), page.until() > 0 ? page.until() & MARK_OFFSET : Long.MAX_VALUE);
        int rank = (int) (page.offset() >>> MARK_SHIFT);
        long offset = page.offset() & MARK_OFFSET;
        int messagesMax = Math.max(1, Math.min(page.messages(), PAGE_MESSAGES_MAX));
        int bytesMax = Math.max(1, Math.min(page.bytes(), PAGE_BYTES_MAX));
        RecordsBody body = new RecordsBody();
        // A long backlog takes several pages without messages before all is sorted.
        boolean sorted = window.sort(ENTRIES_MAX, entry) || window.isSortedTo(end);
        for (int left = ENTRIES_MAX;
                sorted && left > 0 && rank < MARK_END && body.count() < messagesMax && body.length() < bytesMax;
                left--) {
            long next = window.nextUnsettled(Priorities.HIGHEST - rank, offset);
            if (next == BitPlane.NONE || next >= end) {
                rank++;
                offset = 0;
            } else {
                show(page, selector, queue, window, next, now, body);
                offset = next + 1;
            }
        }
        long until = mark(MARK_END, end);
        long reached = rank < MARK_END ? mark(rank, offset) : until;
        request.reply(new JmsBrowseResponse(body.count(), reached, until, queueCount), body);
    }

    private boolean isDelayed(JmsBrowseRequest page, long now) {
        return !page.settled() && entry.deliverAt() > now;
    }

    private @Nullable RecordSlice read(ConsumeQueue queue, long offset) {
        try {
            return records.read(queue, offset, entry);
        } catch (CorruptRecordException damage) {
            LOG.warn("the message at offset {} of {} cannot be shown: {}", offset, queue, damage.getMessage());
            return null;
        }
    }

    private boolean isExpired(JmsBrowseRequest page, long now) {
        return !page.settled() && entry.expiry() != 0 && entry.expiry() <= now;
    }
}
