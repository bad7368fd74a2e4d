// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import java.util.Arrays;

/**
 * Where the pages of one queue are: page number (offset / 1,024) → slot in the page file. Changed only under the page lock; read by anybody.
 *
 * <p>A slot is written into spare room of the array before the chunk that is in it is cut from memory. The cut is a volatile write, and a
 * reader looks here only after it saw the cut, so it sees the slot.
 */
final class PageDirectory {

    static final PageDirectory EMPTY = new PageDirectory(0, new int[0], 0);

    /** What {@link #slot} answers for a page that is not here. Slot numbers start at 0. */
    static final int NONE = -1;

    private final long firstPage;
    private final int[] slots;
    private int count;

    PageDirectory(long firstPage, int[] slots, int count) {
        this.firstPage = firstPage;
        this.slots = slots;
        this.count = count;
    }

    long firstPage() {
        return firstPage;
    }

    int count() {
        return count;
    }

    int slot(long page) {
        long index = page - firstPage;
        // Not "< count": count is a plain field. Room that is not in use holds NONE.
        return index >= 0 && index < slots.length ? slots[(int) index] : NONE;
    }

    /** A directory that also has {@code slot} for the page that follows the last one; this object itself if there was room. */
    PageDirectory with(long page, int slot) {
        if (count == 0) {
            int[] room = new int[1];
            room[0] = slot;
            return new PageDirectory(page, room, 1);
        }
        if (page != firstPage + count) {
            throw new IllegalStateException("page " + page + " does not follow page " + (firstPage + count - 1));
        }
        if (count < slots.length) {
            slots[count++] = slot;
            return this;
        }
        int[] longer = Arrays.copyOf(slots, slots.length * 2);
        Arrays.fill(longer, count, longer.length, NONE);
        longer[count] = slot;
        return new PageDirectory(firstPage, longer, count + 1);
    }

    /** A directory without the pages below {@code page}. */
    PageDirectory from(long page) {
        long drop = page - firstPage;
        if (drop <= 0) {
            return this;
        }
        if (drop >= count) {
            return EMPTY;
        }
        int[] rest = Arrays.copyOfRange(slots, (int) drop, count);
        return new PageDirectory(page, rest, rest.length);
    }

    int bytes() {
        return this == EMPTY ? 0 : 32 + 16 + slots.length * Integer.BYTES;
    }
}
