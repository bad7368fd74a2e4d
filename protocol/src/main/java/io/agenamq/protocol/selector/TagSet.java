// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tags a consumer wants: a RocketMQ tag expression, or what a {@link Selector} says about {@code JMSType} or {@code TAGS}. It exists so that
 * a message can be passed over by the tag hash in its consume-queue entry, without reading the log.
 *
 * <p>Two tags may share a hash, so {@link #mayContain} has false positives and no false negatives. Immutable.
 */
public final class TagSet {

    /** Every message, with whatever tag or none: {@code *}. */
    public static final TagSet ALL = new TagSet(Set.of());

    private final Set<String> tags;
    private final int[] sortedHashes;

    private TagSet(Set<String> tags) {
        this.tags = Set.copyOf(tags);
        this.sortedHashes = tags.stream().mapToInt(String::hashCode).sorted().toArray();
    }

    /** At least one tag. */
    static TagSet of(Set<String> tags) {
        if (tags.isEmpty()) {
            throw new IllegalArgumentException("a tag set names at least one tag");
        }
        return new TagSet(tags);
    }

    /**
     * Parses a RocketMQ TAG expression: null, blank or {@code *} for all, else tags separated by {@code ||}. Spaces around a tag do not count.
     *
     * @throws SelectorException if it names no tag between its bars, or is longer than {@link Selector#TEXT_LENGTH_MAX}
     */
    public static TagSet parse(@Nullable String expression) throws SelectorException {
        if (expression == null || expression.isBlank() || expression.strip().equals("*")) {
            return ALL;
        }
        Selector.requireLength(expression);
        Set<String> tags = new LinkedHashSet<>();
        for (String item : expression.split("\\|\\|")) {
            String tag = item.strip();
            if (!tag.isEmpty()) {
                tags.add(tag);
            }
        }
        if (tags.isEmpty()) {
            throw new SelectorException(1, "expected '*' or tags separated by '||' but found no tag");
        }
        return of(tags);
    }

    /** Whether every message is wanted. */
    public boolean isAll() {
        return tags.isEmpty();
    }

    /** The tags by name; empty for {@link #ALL}. */
    public Set<String> tags() {
        return tags;
    }

    /**
     * Whether a message with this tag hash can be wanted. False is final.
     *
     * @param tagHash {@link String#hashCode} of the tag, 0 for a message without one
     */
    public boolean mayContain(int tagHash) {
        return isAll() || Arrays.binarySearch(sortedHashes, tagHash) >= 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TagSet that && tags.equals(that.tags);
    }

    @Override
    public int hashCode() {
        return tags.hashCode();
    }

    /** The tags in alphabetical order, as a tag expression. */
    @Override
    public String toString() {
        return isAll() ? "*" : String.join(" || ", tags.stream().sorted().toList());
    }
}
