// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Selectors come from strangers: what they can cost. */
class SelectorBoundsTest {

    /** Far above what any of these takes on a loaded machine (some 10 ms), far below what exponential or cubic work would take. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long SMALLEST_STACK_BYTES = 512 * 1024;

    @Test
    void identifiers_are_those_of_java_without_the_reserved_words() {
        for (String name : List.of("a", "$x", "_x", "été", "a1", "\uD835\uDC00", "JMSXGroupID", "nullable")) {
            assertThat(Selector.isIdentifier(name)).as(name).isTrue();
        }
        for (String name : List.of("", "1a", "a-b", "a.b", "a b", " a", "Null", "tRUE", "escape", "\uD835")) {
            assertThat(Selector.isIdentifier(name)).as(name).isFalse();
        }
    }

    @Test
    void the_longest_selector_is_parsed_and_one_more_character_is_refused() throws SelectorException {
        String longest = "a = '" + "x".repeat(Selector.TEXT_LENGTH_MAX - 6) + "'";

        assertThat(Selector.parse(longest, Typing.STRICT).text()).hasSize(Selector.TEXT_LENGTH_MAX);
        assertThatThrownBy(() -> Selector.parse(longest + " ", Typing.STRICT))
                .isInstanceOf(SelectorException.class)
                .hasMessage("selector column 65537: expected at most 65536 characters but found 65537");
        assertThatThrownBy(() -> TagSet.parse(longest + " ")).isInstanceOf(SelectorException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "(, TRUE, )",
        "'NOT ', TRUE, ''",
        "-(, a, ) = 1",
        "'', a, + a",
        "'', a, * a",
        "NOT (, a = 1, )",
        "'(1 + ', a, ) = 1"
    })
    void ten_thousand_levels_are_refused(String before, String inner, String after) {
        String selector = before.repeat(10_000) + inner + after.repeat(10_000);
        String fitting = selector.length() > Selector.TEXT_LENGTH_MAX ? before.repeat(10_000) + inner : selector;

        assertThatThrownBy(() -> Selector.parse(fitting, Typing.STRICT))
                .isInstanceOf(SelectorException.class)
                .hasMessageEndingWith("expected at most 256 levels of parentheses and operators");
    }

    @ParameterizedTest
    @CsvSource({
        "'(', TRUE, ')', ''",
        "'NOT (', 'a = 1', ')', ''",
        "'(1 + ', a, ')', ' = 1'",
        "'', a, ' + a', ' = 1'",
        "'((', 'a = 1', ') = TRUE)', ''",
        "'(b OR (b AND ', a, '))', ''"
    })
    void the_highest_tree_fits_the_smallest_stack(String before, String inner, String after, String end)
            throws Exception {
        int perRepetition = Math.max(1, (int)
                before.chars().filter(c -> c == '(' || c == 'N' || c == '+').count());
        int count = Selector.LEVEL_COUNT_MAX / perRepetition - 1;
        String selector = before.repeat(count) + inner + after.repeat(count) + end;
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            Selector parsed = Selector.parse(selector, Typing.COERCING);
            assertThat(Selector.parse(parsed.text(), Typing.COERCING))
                    .isEqualTo(parsed)
                    .hasSameHashCodeAs(parsed);
            assertThat(parsed.toString()).isNotEmpty();
            return parsed.matches(Map.of("a", "1")::get);
        });

        Thread thread = new Thread(null, task, "smallest-stack", SMALLEST_STACK_BYTES);
        thread.start();

        assertThatCode(task::get).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource
    void a_chain_may_be_as_long_as_the_text(Typing typing) {
        String selector = "a = 'x' OR b > 5 AND ".repeat(3_000) + "a IN (" + "'y',".repeat(100) + "'z')";

        Assertions.assertTimeout(PATIENCE, () -> {
            Selector parsed = Selector.parse(selector, typing);
            assertThat(parsed.matches(Map.of("a", "x")::get)).isTrue();
        });
    }

    @Test
    void ten_thousand_alternatives_are_one_look_up() throws SelectorException {
        StringBuilder selector = new StringBuilder("a = 'x0'");
        for (int i = 1; selector.length() < 60_000; i++) {
            selector.append(" OR a = 'x").append(i).append('\'');
        }

        Selector parsed = Selector.parse(selector.toString(), Typing.STRICT);

        assertThat(parsed.toString()).startsWith("a IN ('x0', 'x1', ");
        assertThat(parsed.matches(Map.of("a", "x2000")::get)).isTrue();
    }

    @Test
    void a_pattern_full_of_wildcards_does_not_backtrack_exponentially() throws SelectorException {
        Map<String, Object> message = Map.of("a", "a".repeat(32_000));
        Selector runs = Selector.parse("a LIKE '" + "%a".repeat(10_000) + "%b'", Typing.STRICT);
        Selector ones = Selector.parse("a LIKE '%" + "_a".repeat(500) + "b%'", Typing.STRICT);

        Assertions.assertTimeout(PATIENCE, () -> {
            assertThat(runs.matches(message::get)).isFalse();
            assertThat(ones.matches(message::get)).isFalse();
        });
    }

    @Test
    void evaluating_allocates_nothing() throws SelectorException {
        Selector selector = Selector.parse(
                "JMSType IN ('a', 'b') AND weight BETWEEN 2 AND 5.5 AND NOT (name LIKE 'x%_y' OR flag) AND size <> 7",
                Typing.STRICT);
        Map<String, Object> properties =
                Map.of("JMSType", "b", "weight", 3, "name", "xylophone", "flag", false, "size", 300L);
        PropertySource message = properties::get;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertThat(selector.matches(message)).isTrue();
        int count = 10_000;

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < count; i++) {
            selector.matches(message);
        }
        long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(allocatedBytes / count).isZero();
    }
}
