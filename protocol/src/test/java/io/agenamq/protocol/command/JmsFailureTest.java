// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Exceptions of applications can be anything. */
class JmsFailureTest {

    @Test
    void a_message_is_cut_between_characters_and_stands_in_one_line() {
        JmsFailure failure = new JmsFailure(1, "E", "\uD83D\uDE80".repeat(1000));
        assertThat(failure.message().getBytes(StandardCharsets.UTF_8)).hasSize(JmsFailure.MESSAGE_BYTES_MAX);
        assertThat(new JmsFailure(1, "E", "a" + "\uD83D\uDE80".repeat(1000)).message())
                .isEqualTo("a" + "\uD83D\uDE80".repeat(127));
        assertThat(new JmsFailure(1, "E\n", "a\tb\u0001c\u0085d").message()).isEqualTo("a b c d");
        assertThat(new JmsFailure(1, "E", "half \uD83D").message()).isEqualTo("half ?");
    }

    @Test
    void an_exception_that_fails_when_it_is_asked_for_its_message_has_none() {
        JmsFailure failure = JmsFailure.of(7, new IllegalStateException("hidden") {
            private static final long serialVersionUID = 1;

            @Override
            public String getMessage() {
                throw new UnsupportedOperationException();
            }
        });

        assertThat(failure.sequence()).isEqualTo(7);
        assertThat(failure.message()).isEmpty();
        assertThat(failure.exception()).startsWith(JmsFailureTest.class.getName());
        assertThat(JmsFailure.of(7, new IllegalStateException()).message()).isEmpty();
    }
}
