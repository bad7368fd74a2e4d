// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListingTest {
    private record Row(String topic, String kind, Long queues, Instant lastUpdate) {}

    private static final Listing<Row> LISTING = new Listing<Row>()
            .text("topic", Row::topic)
            .text("kind", Row::kind)
            .number("queues", Row::queues)
            .time("lastUpdate", Row::lastUpdate);

    private final StringWriter out = new StringWriter();

    @Test
    void a_table_is_aligned_and_an_unknown_value_is_not_zero() {
        LISTING.print(rows(), new PrintWriter(out, true), false);

        assertThat(out.toString().lines())
                .containsExactly(
                        "TOPIC   KIND   QUEUES  LAST UPDATE",
                        "orders  queue       1  2026-11-21T08:00:00.123Z",
                        "prices  -           -  -");
    }

    @Test
    void json_has_the_same_columns_and_null_for_unknown() {
        LISTING.print(rows(), new PrintWriter(out, true), true);

        assertThat(out.toString())
                .isEqualToIgnoringWhitespace(
                        """
                        [ {"topic":"orders","kind":"queue","queues":1,"lastUpdate":"2026-11-21T08:00:00.123Z"},
                          {"topic":"prices","kind":null,"queues":null,"lastUpdate":null} ]
                        """);
    }

    @Test
    void an_empty_list_is_a_head_line_or_an_empty_array() {
        StringWriter json = new StringWriter();

        LISTING.print(List.of(), new PrintWriter(out, true), false);
        LISTING.print(List.of(), new PrintWriter(json, true), true);

        assertThat(out.toString()).isEqualToIgnoringNewLines("TOPIC  KIND  QUEUES  LAST UPDATE");
        assertThat(json.toString()).isEqualToIgnoringWhitespace("[ ]");
    }

    @Test
    void decimals_are_rounded_for_people_and_exact_for_scripts() {
        Listing<Double> rates = new Listing<Double>().decimal("perSecond", 1, rate -> rate);
        StringWriter json = new StringWriter();

        rates.print(List.of(12345.678, 9.0), new PrintWriter(out, true), false);
        rates.print(List.of(12345.678), new PrintWriter(json, true), true);

        assertThat(out.toString().lines()).containsExactly("PER SECOND", "  12,345.7", "       9.0");
        assertThat(json.toString()).isEqualToIgnoringWhitespace("[{\"perSecond\":12345.678}]");
    }

    @Test
    void control_characters_do_not_reach_the_terminal() {
        Row hostile = new Row("a\u001b[31mb\nc", "queue", 1L, null);

        LISTING.print(List.of(hostile), new PrintWriter(out, true), false);

        assertThat(out.toString()).contains("a·[31mb·c").doesNotContain("\u001b");
    }

    private static List<Row> rows() {
        return List.of(
                new Row("orders", "queue", 1L, Instant.parse("2026-11-21T08:00:00.123456Z")),
                new Row("prices", null, null, null));
    }
}
