// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.record.MessageProperties;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of RocketMQ's SQL92 filters as a table: selector, and whether it matches the one message below. */
class CoercingSelectorTest {

    private static final Map<String, String> MESSAGE = Map.ofEntries(
            Map.entry("TAGS", "''tag''"),
            Map.entry("KEYS", "k1 k2"),
            Map.entry("a", "3"),
            Map.entry("b", "10"),
            Map.entry("d", "5.5"),
            Map.entry("big", "9223372036854775807"),
            Map.entry("exp", "3.1415E10"),
            Map.entry("nan", "NaN"),
            Map.entry("up", "up"),
            Map.entry("name", "Agena"),
            Map.entry("yes", "true"),
            Map.entry("no", "FALSE"),
            Map.entry("signed", "+5"),
            Map.entry("blank", " 5"));

    private static Selector parse(String selector) throws SelectorException {
        return Selector.parse(selector, Typing.COERCING);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
            # a property is read as the type of the literal
            a = 3                            | true
            a = 3.0                          | true
            a > 2 AND a >= 3 and a < 4 And a <= 3 | true
            a <> 4                           | true
            a <> 3                           | false
            b > 9                            | true
            d > 5.0                          | true
            d > 5                            | false
            NOT (d > 5)                      | false
            exp > 3.1E10                     | true
            signed = 5                       | true
            blank = 5                        | false
            big = 9223372036854775807        | true
            3 = a                            | true
            a = '3'                          | true
            a = '3.0'                        | false
            a = 0x3                          | true
            nan = 1.0                        | false
            nan <> 1.0                       | true
            # as a condition
            yes = TRUE                       | true
            no = FALSE                       | true
            yes <> FALSE                     | true
            name = TRUE                      | false
            name <> TRUE                     | false
            yes                              | true
            no                               | false
            NOT no                           | true
            name OR a = 3                    | false
            # two properties are equal as texts and ordered as numbers
            a < b                            | true
            a > b                            | false
            a = b                            | false
            a = a                            | true
            a <> b                           | true
            up > a                           | false
            up < a                           | false
            a BETWEEN up AND b               | false
            # a missing property is unknown
            x = 1                            | false
            x <> 1                           | false
            NOT (x = 1)                      | false
            x = 1 OR a = 3                   | true
            x IS NULL AND a IS NOT NULL      | true
            x NOT IN ('3')                   | false
            x > up                           | false
            # an evaluation that fails matches nothing, whatever stands around it, if it gets that far
            name > 5                         | false
            name > 5 OR a = 3                | false
            a = 3 OR name > 5                | true
            a = 4 AND name > 5 OR a = 3      | true
            x = 1 AND name > 5 OR a = 3      | false
            NOT (name > 5)                   | false
            (name > 5) = FALSE               | false
            name > 5 AND FALSE OR TRUE       | false
            big + 1 > 0 OR TRUE              | false
            a / 0 = 1 OR TRUE                | false
            # ranges and sets
            a BETWEEN 2 AND 10               | true
            a BETWEEN 3 AND 3                | true
            a NOT BETWEEN 4 AND 10           | true
            d BETWEEN 2.0 AND 10.0           | true
            d BETWEEN 2 AND 10               | false
            a IN ('1', '3')                  | true
            a NOT IN ('1', '3')              | false
            name NOT IN ('x')                | true
            # parts of strings
            name CONTAINS 'gen'              | true
            name NOT CONTAINS 'x'            | true
            name StartsWith 'A'              | true
            name NOT ENDSWITH 'a'            | false
            name CONTAINS ''                 | false
            KEYS CONTAINS 'k2'               | true
            TAGS IS NOT NULL AND TAGS = '''''tag''''' | true
            # beyond RocketMQ: what Jakarta Messaging adds
            name LIKE 'A%a'                  | true
            a + b = 13                       | true
            d * 2 = 11                       | true
            up + 1 = 1                       | false
            -a = -3                          | true
            # comments
            a = 3 -- AND a = 4               | true
            /* first */ a = /* then */ 3     | true
            """)
    void a_property_is_a_string_read_as_the_type_it_meets(String selector, boolean matched) throws SelectorException {
        assertThat(parse(selector).matches(MESSAGE::get)).isEqualTo(matched);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
            a > 'x'                | 5  | expected a number but found a string
            a > TRUE               | 5  | expected a number but found a condition
            a BETWEEN 10 AND 0     | 11 | expected the lower bound of BETWEEN before the higher one
            a NOT BETWEEN 1.5 AND 1| 15 | expected the lower bound of BETWEEN before the higher one
            a AND BETWEEN 2 AND 10 | 7  | expected a property or a literal but found 'BETWEEN'
            a IN (3)               | 7  | expected a string but found '3'
            a CONTAINS 3           | 12 | expected a string but found '3'
            'a' CONTAINS 'a'       | 1  | expected a property before CONTAINS but found a string
            a.b = 1                | 2  | expected a property, a literal or an operator but found '.'
            a = 3 /* AND b = 4     | 7  | expected '*/' for the comment that starts here
            a > 100000000000000000000000 | 5 | expected a number in the range of long or double but found '100000000000000000000000'
            5--5 = 4               | 1  | expected a condition but found a number
            """)
    void a_mistake_is_reported_with_its_column(String selector, int column, String reason) {
        assertThatThrownBy(() -> parse(selector))
                .isInstanceOf(SelectorException.class)
                .hasMessage("selector column " + column + ": " + reason);
    }

    @Test
    void a_selector_reads_the_raw_properties_of_a_record() throws SelectorException {
        ByteBuffer properties = MessageProperties.of(MESSAGE);
        Selector selector = parse("a = 3 AND name = 'Agena' AND missing IS NULL");

        assertThat(selector.matches(name -> MessageProperties.find(properties, name)))
                .isTrue();
    }

    @Test
    void every_property_name_may_be_used() throws SelectorException {
        assertThat(parse("JMSReplyTo IS NULL").matches(MESSAGE::get)).isTrue();
    }

    @Test
    void a_comment_ends_with_its_line() throws SelectorException {
        assertThat(parse("a = 4 -- never\n OR b = 10").matches(MESSAGE::get)).isTrue();
    }
}
