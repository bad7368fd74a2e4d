// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import io.agenamq.store.snapshot.StateOutput;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where the few messages of one queue are that the cleaner has moved: their entries with the new positions, by offset.
 *
 * <p>They are kept apart from the pages for two reasons. Entries in pages never change, so a page that a snapshot names is right whatever is
 * written later; and their positions rise with the offsets, which makes a position searchable. Moved messages are what is left of many, so they
 * lie far apart: a small sorted array per {@value PageFile#PAGE_ENTRIES} offsets, replaced as a whole when one is added.
 *
 * <p>One writer: the housekeeper, which alone moves and drops messages, or the only thread of a replay. Read by anybody, without a lock.
 */
final class MovedEntries {

    /** What {@link #lowest} answers if there is none. */
    static final long NONE = Long.MAX_VALUE;

    private static final int WORDS = ConsumeQueueEntry.WORDS;

    private final ConcurrentSkipListMap<Long, Page> pages = new ConcurrentSkipListMap<>();
    private final AtomicInteger count = new AtomicInteger();

    /** Entries of one page: their places in it, ascending, and six words each. Never changed. */
    private static final class Page {

        private final short[] places;
        private final long[] words;

        Page(short[] places, long[] words) {
            this.places = places;
            this.words = words;
        }

        Page with(int place, long[] entry) {
            int at = Arrays.binarySearch(places, (short) place);
            if (at >= 0) {
                long[] changed = words.clone();
                System.arraycopy(entry, 0, changed, at * WORDS, WORDS);
                return new Page(places, changed);
            }
            int before = -at - 1;
            short[] morePlaces = new short[places.length + 1];
            System.arraycopy(places, 0, morePlaces, 0, before);
            morePlaces[before] = (short) place;
            System.arraycopy(places, before, morePlaces, before + 1, places.length - before);
            long[] moreWords = new long[morePlaces.length * WORDS];
            System.arraycopy(words, 0, moreWords, 0, before * WORDS);
            System.arraycopy(entry, 0, moreWords, before * WORDS, WORDS);
            System.arraycopy(words, before * WORDS, moreWords, (before + 1) * WORDS, words.length - before * WORDS);
            return new Page(morePlaces, moreWords);
        }

        Page from(long position) {
            short[] keptPlaces = new short[places.length];
            long[] keptWords = new long[words.length];
            int kept = 0;
            for (int i = 0; i < places.length; i++) {
                if (words[i * WORDS + ConsumeQueueEntry.POSITION] >= position) {
                    keptPlaces[kept] = places[i];
                    System.arraycopy(words, i * WORDS, keptWords, kept * WORDS, WORDS);
                    kept++;
                }
            }
            return kept == places.length
                    ? this
                    : new Page(Arrays.copyOf(keptPlaces, kept), Arrays.copyOf(keptWords, kept * WORDS));
        }
    }

    /** Receives what was moved. */
    @FunctionalInterface
    interface Visitor {
        void visit(long offset, QueueEntry entry);
    }

    /** Copies the entry at {@code offset}; false if that message was not moved. */
    boolean read(long offset, QueueEntry into) {
        Page page = pages.get(offset / PageFile.PAGE_ENTRIES);
        int at = page == null ? -1 : Arrays.binarySearch(page.places, (short) (offset % PageFile.PAGE_ENTRIES));
        if (page == null || at < 0) {
            return false;
        }
        into.load(page.words, at * WORDS);
        return true;
    }

    /** The lowest offset that was moved, {@link #NONE} if none was. */
    long lowest() {
        Map.Entry<Long, Page> first = pages.firstEntry();
        return first == null ? NONE : first.getKey() * PageFile.PAGE_ENTRIES + first.getValue().places[0];
    }

    /** How many there are. */
    int count() {
        return count.get();
    }

    /** Shows all of them in the order of their offsets. */
    void forEach(Visitor visitor) {
        QueueEntry entry = new QueueEntry();
        pages.forEach((number, page) -> {
            for (int i = 0; i < page.places.length; i++) {
                entry.load(page.words, i * WORDS);
                visitor.visit(number * PageFile.PAGE_ENTRIES + page.places[i], entry);
            }
        });
    }

    /** The smallest offset below {@code end} that was stored at or after a time; {@code end} if there is none. */
    long firstStoredFrom(long timestampMillis, long end) {
        long[] found = {end};
        forEach((offset, entry) -> {
            if (offset < found[0] && entry.storeTime() >= timestampMillis) {
                found[0] = offset;
            }
        });
        return found[0];
    }

    /** The largest offset below {@code end} that was stored at or before a time; 0 if there is none. */
    long lastStoredBy(long timestampMillis, long end) {
        long[] found = {0};
        forEach((offset, entry) -> {
            if (offset < end && entry.storeTime() <= timestampMillis) {
                found[0] = offset;
            }
        });
        return found[0];
    }

    void writeTo(StateOutput out) {
        forEach((offset, entry) -> {
            out.putCount(offset);
            entry.writeTo(out);
        });
    }

    // ---- the writer

    /** Adds or replaces an entry; true if there was none. */
    boolean put(long offset, long[] entry) {
        long number = offset / PageFile.PAGE_ENTRIES;
        int place = (int) (offset % PageFile.PAGE_ENTRIES);
        Page known = pages.get(number);
        Page next = known == null ? new Page(new short[] {(short) place}, entry.clone()) : known.with(place, entry);
        pages.put(number, next);
        boolean isNew = known == null || next.places.length > known.places.length;
        if (isNew) {
            count.incrementAndGet();
        }
        return isNew;
    }

    /** Removes what is at positions below {@code position}; answers how much that was. */
    int dropBelow(long position) {
        int dropped = 0;
        for (Map.Entry<Long, Page> each : pages.entrySet()) {
            Page rest = each.getValue().from(position);
            dropped += each.getValue().places.length - rest.places.length;
            if (rest.places.length == 0) {
                pages.remove(each.getKey());
            } else if (rest != each.getValue()) {
                pages.put(each.getKey(), rest);
            }
        }
        count.addAndGet(-dropped);
        return dropped;
    }

    /** Estimate of the memory held. */
    long bytes() {
        // A page with its node, key and two arrays; an entry with its place.
        return 48 + pages.size() * 160L + count.get() * (ConsumeQueueEntry.BYTES + 2L);
    }
}
