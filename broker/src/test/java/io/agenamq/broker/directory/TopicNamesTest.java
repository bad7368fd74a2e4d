// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.directory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/b", "a\\b", "a\u0000b", "a b", "ä", "", " ", "a.b", "a\nb", "a:b"})
    void a_name_with_anything_but_the_allowed_characters_is_refused(String name) {
        assertThat(TopicNames.faultOfTopic(name)).isPresent();
        assertThat(TopicNames.faultOfGroup(name)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"T", "TopicA", "%RETRY%group", "%DLQ%group", "a|b", "A_b-9"})
    void ordinary_names_are_allowed(String name) {
        assertThat(TopicNames.faultOfTopic(name)).isEmpty();
    }

    @Test
    void a_temporary_destination_is_no_topic() {
        assertThat(TopicNames.faultOfTopic("%TEMP%1")).isPresent();
    }

    @Test
    void the_longest_group_has_room_for_its_retry_topic() {
        String group = "g".repeat(TopicNames.GROUP_LENGTH_MAX);

        assertThat(TopicNames.faultOfGroup(group)).isEmpty();
        assertThat(TopicNames.faultOfTopic(TopicNames.retryTopic(group))).isEmpty();
        assertThat(TopicNames.faultOfGroup(group + "g")).isPresent();
        assertThat(TopicNames.faultOfTopic("t".repeat(300))).isPresent();
    }
}
