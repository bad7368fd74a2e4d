// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsBrowseRequest;
import io.agenamq.protocol.command.JmsBrowseResponse;
import io.agenamq.protocol.jms.StoredMessage;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.remoting.Request;
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
 */
final class Browser {

    private static final Logger LOG = LoggerFactory.getLogger(Browser.class);

    /** Entries that one request looks at; a selector that matches little gets short pages. */
    private static final int ENTRIES_MAX = 16 * 1024;

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
        long until = page.until() > 0 ? Math.min(page.until(), queue.maxOffset()) : queue.maxOffset();
        long offset = Math.max(page.offset(), queue.minOffset());
        int messagesMax = Math.max(1, Math.min(page.messages(), PAGE_MESSAGES_MAX));
        int bytesMax = Math.max(1, Math.min(page.bytes(), PAGE_BYTES_MAX));
        RecordsBody body = new RecordsBody();
        for (int left = ENTRIES_MAX;
                left > 0 && offset < until && body.count() < messagesMax && body.length() < bytesMax;
                left--, offset++) {
            boolean hidden = !page.settled() && window != null && window.isSettled(offset);
            if (hidden || !queue.read(offset, entry) || isExpired(page, now) || isDelayed(page, now)) {
                continue;
            }
            RecordSlice slice = selector.tags().mayContain(entry.tagHash()) ? read(queue, offset) : null;
            if (slice == null) {
                continue;
            }
            int number = window == null ? 1 : window.deliveryNumber(offset);
            if (selector.matchesAll() || selector.matches(message.reset(slice.buffer(), 0, number))) {
                body.add(slice, number);
            } else {
                slice.release();
            }
        }
        request.reply(new JmsBrowseResponse(body.count(), Math.min(offset, until), until, queueCount), body);
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
