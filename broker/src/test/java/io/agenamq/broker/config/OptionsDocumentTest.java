// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OptionsDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "options.md");

    @Test
    void the_documented_options_are_the_declared_ones() throws Exception {
        if (Boolean.getBoolean("agena.regenerate")) {
            Files.writeString(DOCUMENT, OptionsDocument.render());
        }

        assertThat(Files.readString(DOCUMENT))
                .as("docs/options.md is stale; its second line says how to regenerate it")
                .isEqualTo(OptionsDocument.render());
    }
}
