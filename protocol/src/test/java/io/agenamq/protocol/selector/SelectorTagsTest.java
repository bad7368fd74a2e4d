// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which selectors can be answered from the tag hash of a consume-queue entry, and which selectors are one. */
class SelectorTagsTest {

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " \t", "*", " * "})
    void no_tag_expression_means_all_messages_with_and_without_tag(String expression) throws SelectorException {
        TagSet tags = TagSet.parse(expression);

        assertThat(tags).isEqualTo(TagSet.ALL).hasToString("*");
        assertThat(tags.mayContain(0)).isTrue();
        assertThat(tags.mayContain("any".hashCode())).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"a || b; a || b", "b||a; a || b", " a ;a", "a || || a; a", "a|b; a|b", "a || *; * || a", "|a; |a"})
    void tags_are_separated_by_double_bars(String expression, String tags) throws SelectorException {
        assertThat(TagSet.parse(expression)).hasToString(tags);
    }

    @ParameterizedTest
    @ValueSource(strings = {"||", " || ", "||||"})
    void bars_without_a_tag_are_refused(String expression) {
        assertThatThrownBy(() -> TagSet.parse(expression))
                .isInstanceOf(SelectorException.class)
                .hasMessageContaining("found no tag");
    }

    @Test
    void a_message_is_passed_over_by_its_hash() throws SelectorException {
        TagSet tags = TagSet.parse("TagA || TagB");

        assertThat("TagA".hashCode()).isEqualTo(2598919);
        assertThat(tags.mayContain(2598919)).isTrue();
        assertThat(tags.mayContain("TagC".hashCode())).isFalse();
        assertThat(tags.mayContain(0)).isFalse();
        assertThat(tags.tags()).containsExactlyInAnyOrder("TagA", "TagB");
        assertThat(tags).isEqualTo(TagSet.parse("TagB||TagA")).hasSameHashCodeAs(TagSet.parse("TagB||TagA"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "JMSType = 'a'; a",
                "'a' = JMSType; a",
                "(JMSType) = ('a'); a",
                "JMSType IN ('b', 'a', 'b'); a || b",
                "JMSType = 'a' OR JMSType IN ('b', 'c'); a || b || c",
                "JMSType = 'a' AND price > 5; a",
                "price > 5 AND (JMSType = 'a' OR JMSType = 'b') AND x = 1; a || b",
                "JMSType = 'a' AND x = 1 OR y = 2 AND JMSType = 'b'; a || b",
                "NOT NOT JMSType = 'a'; a",
                "TRUE AND JMSType = 'a'; a",
                "JMSType = 'a' OR FALSE; a",
                "JMSType = 'a' OR x = 1; *",
                "JMSType <> 'a'; *",
                "JMSType NOT IN ('a'); *",
                "NOT JMSType = 'a'; *",
                "JMSType LIKE 'a%'; *",
                "JMSType = 'a' OR JMSType IS NULL; *",
                "JMSType = x; *",
                "(JMSType = 'a') = FALSE; *",
                "TAGS = 'a'; *",
                "x = 'a'; *"
            })
    void a_strict_selector_tells_the_types_it_can_select(String selector, String tags) throws SelectorException {
        assertThat(Selector.parse(selector, Typing.STRICT).tags()).hasToString(tags);
    }

    @Test
    void a_coercing_selector_tells_the_tags_it_can_select() throws SelectorException {
        assertThat(Selector.parse("TAGS IN ('a', 'b') AND x > 1", Typing.COERCING)
                        .tags())
                .hasToString("a || b");
        assertThat(Selector.parse("JMSType = 'a'", Typing.COERCING).tags()).isEqualTo(TagSet.ALL);
        assertThat(Selector.parse("TAGS = 5", Typing.COERCING).tags()).isEqualTo(TagSet.ALL);
    }

    @Test
    void tags_with_the_same_hash_are_told_apart_by_the_selector() throws SelectorException {
        Selector selector = Selector.parse("JMSType = 'Aa'", Typing.STRICT);

        assertThat(selector.tags().mayContain("BB".hashCode())).isTrue();
        assertThat(selector.matches(Map.of("JMSType", "BB")::get)).isFalse();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "\t\n", "TRUE", "x = 1 OR TRUE", "1 + 1 = 2", "NOT FALSE"})
    void a_selector_that_is_always_true_selects_all(String text) throws SelectorException {
        Selector selector = Selector.parse(text, Typing.STRICT);

        assertThat(selector.matchesAll()).isTrue();
        assertThat(selector.matches(name -> null)).isTrue();
        assertThat(selector).isEqualTo(Selector.parse(null, Typing.STRICT));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a=1;( a = 0x1 )",
                "a > 2 * 3; 6 < a",
                "a = 'x' or a = 'y'; a IN ('x', 'y')",
                "a IN ('x'); a = 'x'",
                "a AND (b AND c); (a AND b) AND c",
                "not not a is null; a IS NULL"
            })
    void selectors_that_differ_in_spelling_only_are_equal(String one, String other) throws SelectorException {
        Selector selector = Selector.parse(one, Typing.STRICT);

        assertThat(selector).isEqualTo(Selector.parse(other, Typing.STRICT));
        assertThat(selector).hasSameHashCodeAs(Selector.parse(other, Typing.STRICT));
        assertThat(selector).isNotEqualTo(Selector.parse(other, Typing.COERCING));
    }

    @Test
    void names_and_texts_keep_their_case() throws SelectorException {
        assertThat(Selector.parse("a = 'x'", Typing.STRICT)).isNotEqualTo(Selector.parse("A = 'x'", Typing.STRICT));
        assertThat(Selector.parse("a = 'x'", Typing.STRICT)).isNotEqualTo(Selector.parse("a = 'X'", Typing.STRICT));
    }
}
