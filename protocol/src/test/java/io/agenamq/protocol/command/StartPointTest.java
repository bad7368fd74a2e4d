// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartPointTest {

    @Test
    void every_text_form_means_what_it_says() {
        assertThat(StartPoint.parse("earliest")).isEqualTo(new StartPoint.Earliest());
        assertThat(StartPoint.parse("last=100")).isEqualTo(new StartPoint.Last(100));
        assertThat(StartPoint.parse("since=PT1H")).isEqualTo(new StartPoint.Since(Duration.ofHours(1)));
        assertThat(StartPoint.parse("at=2026-11-20T08:00Z"))
                .isEqualTo(new StartPoint.At(Instant.parse("2026-11-20T08:00:00Z")));
        assertThat(StartPoint.parse("at=2026-11-20T08:00:01.5+02:00"))
                .isEqualTo(new StartPoint.At(Instant.parse("2026-11-20T06:00:01.500Z")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "earliest",
                "last=1",
                "offset=0",
                "since=PT1H30M",
                "at=2026-11-20T08:00:00Z",
                "at=2026-11-20T08:00:00.001Z"
            })
    void a_text_form_is_read_back(String text) {
        assertThat(StartPoint.parse(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "first",
                "earliest=",
                "last",
                "last=",
                "last=0",
                "last=-1",
                "offset=-1",
                "last=1000000001",
                "since=0",
                "since=PT0S",
                "since=-PT1H",
                "at",
                "at=now",
                "at=2026-11-20T08:00",
                "=",
                "last=99999999999999999999"
            })
    void anything_else_is_refused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> StartPoint.parse(text));
    }
}
