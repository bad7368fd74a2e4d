// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class UrlOptionsDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "url-options.md");

    @Test
    void the_documented_options_are_the_declared_ones() throws Exception {
        if (Boolean.getBoolean("agena.regenerate")) {
            Files.writeString(DOCUMENT, UrlOptionsDocument.render());
        }

        assertThat(Files.readString(DOCUMENT))
                .as("docs/url-options.md is stale; its first lines say how to regenerate it")
                .isEqualTo(UrlOptionsDocument.render());
    }
}
