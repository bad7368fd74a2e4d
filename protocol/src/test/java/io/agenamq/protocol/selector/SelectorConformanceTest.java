// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules of Jakarta Messaging 3.1 §3.8.1 as a table: selector, and whether it selects the one message below. {@code |} separates, so that
 * commas and quotes stand as in the language.
 */
class SelectorConformanceTest {

    private static final Map<String, Object> MESSAGE = Map.ofEntries(
            Map.entry("JMSType", "car's"),
            Map.entry("JMSDeliveryMode", "PERSISTENT"),
            Map.entry("JMSPriority", 4),
            Map.entry("JMSMessageID", "ID:1"),
            Map.entry("JMSTimestamp", 1_700_000_000_000L),
            Map.entry("JMSXGroupID", "g"),
            Map.entry("JMS_vendor", 1),
            Map.entry("yes", true),
            Map.entry("no", false),
            Map.entry("b", (byte) 7),
            Map.entry("s", (short) 7),
            Map.entry("i", 7),
            Map.entry("l", 7L),
            Map.entry("f", 7.5f),
            Map.entry("d", 7.5),
            Map.entry("zero", 0),
            Map.entry("min", Long.MIN_VALUE),
            Map.entry("max", Long.MAX_VALUE),
            Map.entry("nan", Double.NaN),
            Map.entry("seven", "7"),
            Map.entry("name", "Agena"),
            Map.entry("empty", ""),
            Map.entry("percent", "100%_\\"),
            Map.entry("lines", "a\nb\r\nc"),
            Map.entry("rocket", "🚀x"),
            Map.entry("$x", 1),
            Map.entry("_x", 2),
            Map.entry("größe", 3),
            Map.entry("contains", "c"));

    private static boolean selects(String selector) throws SelectorException {
        return Selector.parse(selector, Typing.STRICT).matches(MESSAGE::get);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            ignoreLeadingAndTrailingWhitespace = true,
            textBlock =
                    """
            # literals
            name = 'Agena'                        | true
            name = 'agena'                        | false
            JMSType = 'car''s'                    | true
            empty = ''                            | true
            i = 7L                                | true
            i = 07                                | true
            i = 0x7                               | true
            i = 0X07l                             | true
            i = 0b111                             | true
            i = 0_7                               | true
            JMSTimestamp = 1_700_000_000_000      | true
            29 = 035                              | true
            29 = 0x1d                             | true
            0xFFFFFFFFFFFFFFFF = -1               | true
            0xFFFFFFFF = 4294967295               | true
            d = 7.5                               | true
            d = 7.5d                              | true
            f = 7.5F                              | true
            d = .75e1                             | true
            d = 75E-1                             | true
            7. = 7                                | true
            d = 0x1.ep+2                          | true
            -57.9E3 = -57900                      | true
            min = -9223372036854775808            | true
            min = -9223372036854775808L           | true
            max = 9223372036854775807L            | true
            min = - 9223372036854775808           | true
            i = +7                                | true
            TRUE                                  | true
            true                                  | true
            False                                 | false
            TRUE OR (FALSE AND FALSE)             | true
            # identifiers
            $x = 1 AND _x = 2 AND größe = 3       | true
            NAME = 'Agena'                        | false
            JMSXGroupID = 'g'                     | true
            JMSXUnheardOf IS NULL                 | true
            JMS_vendor = 1                        | true
            JMSDeliveryMode = 'PERSISTENT'        | true
            JMSDeliveryMode = 'NON_PERSISTENT'    | false
            JMSPriority > 3 AND JMSMessageID = 'ID:1' | true
            JMSCorrelationID IS NULL              | true
            contains = 'c'                        | true
            contains CONTAINS 'c'                 | true
            # numeric promotion
            b = 7 AND s = 7 AND i = 7 AND l = 7   | true
            i < f                                 | true
            f = d                                 | true
            i = 7.0                               | true
            i <> 7.0                              | false
            nan = nan                             | false
            nan <> nan                            | true
            nan < 1 OR nan >= 1                   | false
            # no conversion of strings, no crossing of types
            seven = 7                             | false
            seven <> 7                            | false
            seven > 1                             | false
            seven BETWEEN 5 AND 10                | false
            seven NOT BETWEEN 5 AND 10            | false
            seven NOT BETWEEN 8 AND 10            | false
            yes = 'true'                          | false
            yes <> 'true'                         | false
            name = TRUE                           | false
            name <> TRUE                          | false
            name > name                           | false
            name >= name                          | false
            yes >= yes                            | false
            yes = TRUE AND no <> TRUE             | true
            name = name                           | true
            seven + 1 = 8                         | false
            seven + 1 <> 8                        | false
            -seven < 0                            | false
            # arithmetic and precedence
            1 + 2 * 3 = 7                         | true
            (1 + 2) * 3 = 9                       | true
            7 - 2 - 1 = 4                         | true
            8 / 2 / 2 = 2                         | true
            i / 2 = 3                             | true
            i / 2.0 = 3.5                         | true
            -i / 2 = -3                           | true
            - i + l = 0                           | true
            -i < 0 AND +i > 0                     | true
            i--7 = 14                             | true
            i*2 = 14 AND i+5 = 12                 | true
            --i = 7                               | true
            -(-(5)) = 5                           | true
            # no result is unknown
            i / 0 = 1                             | false
            i / 0 <> 1                            | false
            NOT (i / 0 = 1)                       | false
            i / zero > 0 OR TRUE                  | true
            1 / 0 = 1 OR name = 'Agena'           | true
            max + 1 > 0 OR max + 1 < 0            | false
            min - 1 <> 0                          | false
            max * 2 <> 0                          | false
            min / -1 <> 0                         | false
            min * -1 <> 0                         | false
            -min <> 0                             | false
            d / 0 > 1.0e308                       | true
            # BETWEEN
            i BETWEEN 7 AND 7                     | true
            i BETWEEN 5 and 6                     | false
            i NOT BETWEEN 5 AND 6                 | true
            i BETWEEN 5 AND 10 AND no = FALSE     | true
            i BETWEEN -1 AND i + 1                | true
            i BETWEEN 10 AND 5                    | false
            i NOT BETWEEN 10 AND 5                | true
            i BETWEEN absent AND 5                | false
            NOT i BETWEEN absent AND 5            | true
            i NOT BETWEEN absent AND 5            | true
            i BETWEEN absent AND 9                | false
            i NOT BETWEEN absent AND 9            | false
            absent NOT BETWEEN 1 AND 2            | false
            # IN
            name IN ('x', 'Agena')                | true
            name IN ('x')                         | false
            name NOT IN ('x', 'y')                | true
            i IN ('7')                            | false
            i NOT IN ('x')                        | false
            absent IN ('x')                       | false
            absent NOT IN ('x')                   | false
            NOT (absent IN ('x'))                 | false
            # LIKE
            name LIKE 'Agena'                     | true
            name LIKE 'A%'                        | true
            name LIKE '%a'                        | true
            name LIKE '_gen_'                     | true
            name LIKE '____'                      | false
            name LIKE '%'                         | true
            empty LIKE '%'                        | true
            empty LIKE ''                         | true
            empty LIKE '_'                        | false
            name LIKE 'a%'                        | false
            name NOT LIKE 'B%'                    | true
            name LIKE '%e%a'                      | true
            lines LIKE 'a%c'                      | true
            lines LIKE 'a_b__c'                   | true
            rocket LIKE '_x'                      | true
            name LIKE 'A.*'                       | false
            percent LIKE '100!%!_%' ESCAPE '!'    | true
            percent LIKE '100\\%\\_\\\\' ESCAPE '\\'  | true
            name LIKE 'Agegna' ESCAPE 'g'         | false
            name LIKE 'Aggena' ESCAPE 'g'         | true
            i LIKE '7'                            | false
            i NOT LIKE '8'                        | false
            absent LIKE '%'                       | false
            absent NOT LIKE 'x'                   | false
            # IS NULL
            absent IS NULL                        | true
            absent IS NOT NULL                    | false
            name IS NULL                          | false
            name is not null                      | true
            # conditions and three-valued logic
            yes                                   | true
            no                                    | false
            absent                                | false
            name                                  | false
            NOT no                                | true
            NOT absent                            | false
            NOT name                              | false
            NOT NOT yes                           | true
            absent OR yes                         | true
            absent AND yes                        | false
            NOT (absent AND no)                   | true
            NOT (absent AND yes)                  | false
            NOT (absent OR no)                    | false
            absent = 1 OR yes                     | true
            absent <> 1                           | false
            NOT yes AND no                        | false
            yes OR yes AND no                     | true
            NOT i = 8                             | true
            (i = 7) = TRUE                        | true
            (i = 7) = (d = 7.5)                   | true
            (absent = 7) <> TRUE                  | false
            (NOT NOT name) = TRUE                 | false
            NOT ((NOT NOT name) = TRUE)           | false
            NOT (name = TRUE)                     | true
            NOT ((name AND TRUE) = TRUE)          | false
            (((i))) = (7)                         | true
            # strings of RocketMQ's dialect
            name CONTAINS 'gen'                   | true
            name NOT CONTAINS 'gen'               | false
            name startswith 'Ag'                  | true
            name ENDSWITH 'na'                    | true
            name CONTAINS ''                      | false
            name NOT CONTAINS ''                  | false
            i CONTAINS '7'                        | false
            absent NOT CONTAINS 'x'               | false
            """)
    void a_message_is_selected_if_the_condition_is_true(String selector, boolean selected) throws SelectorException {
        assertThat(selects(selector)).isEqualTo(selected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"i\t=\t7", "i\f=\f7", "i\n=\r\n7", "  i=7  "})
    void blanks_between_words_do_not_count(String selector) throws SelectorException {
        assertThat(selects(selector)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
            # reserved words
            NULL = 0              | 1  | expected a property or a literal (NULL stands only after IS) but found 'NULL'
            NOT = 0               | 5  | expected a property or a literal but found '='
            AND = 0               | 1  | expected a property or a literal but found 'AND'
            OR = 0                | 1  | expected a property or a literal but found 'OR'
            between = 0           | 1  | expected a property or a literal but found 'between'
            LIKE = 0              | 1  | expected a property or a literal but found 'LIKE'
            IN = 0                | 1  | expected a property or a literal but found 'IN'
            IS = 0                | 1  | expected a property or a literal but found 'IS'
            Escape = 0            | 1  | expected a property or a literal but found 'Escape'
            i = NULL              | 5  | expected a property or a literal (NULL stands only after IS) but found 'NULL'
            # types that cannot fit
            TRUE = 0              | 6  | expected operands of one type but found a condition and a number
            FALSE = 0             | 7  | expected operands of one type but found a condition and a number
            'a' <> 1              | 5  | expected operands of one type but found a string and a number
            (i = 1) = 'a'         | 9  | expected operands of one type but found a condition and a string
            name > 'foo'          | 8  | expected a number but found a string
            name <= 'foo'         | 9  | expected a number but found a string
            'foo' < TRUE          | 1  | expected a number but found a string
            name >= TRUE          | 9  | expected a number but found a condition
            i BETWEEN 'a' AND 'b' | 11 | expected a number but found a string
            '7' BETWEEN 5 AND 10  | 1  | expected a number but found a string
            i BETWEEN 1 AND TRUE  | 17 | expected a number but found a condition
            'a' + 1 = 2           | 1  | expected a number but found a string
            1 * TRUE = 2          | 5  | expected a number but found a condition
            -'a' = 1              | 2  | expected a number but found a string
            +(i = 1) = 1          | 2  | expected a number but found a condition
            i + 1                 | 1  | expected a condition but found a number
            'a'                   | 1  | expected a condition but found a string
            5                     | 1  | expected a condition but found a number
            yes AND 1             | 9  | expected a condition but found a number
            'a' OR yes            | 1  | expected a condition but found a string
            NOT 1                 | 5  | expected a condition but found a number
            # form
            =TEST 'test'          | 1  | expected a property or a literal but found '='
            i IN (1,2,3)          | 7  | expected a string but found '1'
            i IN ()               | 7  | expected a string but found ')'
            i IN ('a',)           | 11 | expected a string but found ')'
            i IN 'a'              | 6  | expected '(' but found the string 'a'
            i LIKE 7              | 8  | expected a string but found '7'
            i LIKE                | 7  | expected a string but found the end
            'a' LIKE 'a'          | 1  | expected a property before LIKE but found a string
            i + 1 IN ('a')        | 1  | expected a property before IN but found a number
            (i = 1) IS NULL       | 1  | expected a property before IS but found a condition
            i LIKE 'a' ESCAPE 'bc'| 19 | expected one character after ESCAPE
            i LIKE 'a' ESCAPE ''  | 19 | expected one character after ESCAPE
            i LIKE 'a!' ESCAPE '!'| 8  | expected a character after the escape character that ends the pattern
            i IS TRUE             | 6  | expected 'NULL' but found 'TRUE'
            i NOT = 1             | 7  | expected BETWEEN, IN or LIKE after NOT but found '='
            i BETWEEN 1 OR 2      | 13 | expected 'AND' but found 'OR'
            (i = 1                | 7  | expected ')' but found the end
            i = 1)                | 6  | expected AND, OR or the end but found ')'
            i = 1 yes             | 7  | expected AND, OR or the end but found 'yes'
            i = 1 = 1             | 7  | expected AND, OR or the end but found '='
            i = 1 AND             | 10 | expected a property or a literal but found the end
            ()                    | 2  | expected a property or a literal but found ')'
            i = 'a                | 5  | expected a closing quote for the string that starts here
            i = 'a''              | 5  | expected a closing quote for the string that starts here
            i != 1                | 3  | expected '<>' but found '!='
            i == 1                | 4  | expected a property or a literal but found '='
            i = ?                 | 5  | expected a property, a literal or an operator but found '?'
            my-prop.x = 1         | 8  | expected a property, a literal or an operator but found '.'
            f(i) = 1              | 2  | expected AND, OR or the end but found '('
            i = 1 -- why really   | 14 | expected AND, OR or the end but found 'really'
            i = 1 /* why */       | 8  | expected a property or a literal but found '*'
            # numbers
            i = 9223372036854775808  | 5 | expected a number in the range of long or double but found '9223372036854775808'
            i = -9223372036854775809 | 6 | expected a number in the range of long or double but found '9223372036854775809'
            i = 0x1FFFFFFFFFFFFFFFF  | 5 | expected a number in the range of long or double but found '0x1FFFFFFFFFFFFFFFF'
            d = 1e999             | 5  | expected a number in the range of long or double but found '1e999'
            d = 1e-999            | 5  | expected a number in the range of long or double but found '1e-999'
            i = 09                | 5  | expected a number in the range of long or double but found '09'
            i = 0x                | 5  | expected a number in the range of long or double but found '0x'
            i = 5_                | 5  | expected a number in the range of long or double but found '5_'
            i = 0x_5              | 5  | expected a number in the range of long or double but found '0x_5'
            i = 5and              | 5  | expected a number in the range of long or double but found '5and'
            i = 1.2.3             | 5  | expected a number in the range of long or double but found '1.2.3'
            # header fields
            JMSReplyTo IS NULL    | 1  | expected a property or a header field that selectors may use but found 'JMSReplyTo'
            yes OR JMSExpiration>1| 8  | expected a property or a header field that selectors may use but found 'JMSExpiration'
            """)
    void a_mistake_is_reported_with_its_column(String selector, int column, String reason) {
        assertThatThrownBy(() -> selects(selector)).isInstanceOfSatisfying(SelectorException.class, refusal -> {
            assertThat(refusal).hasMessage("selector column " + column + ": " + reason);
            assertThat(refusal.column()).isEqualTo(column);
            assertThat(refusal.getStackTrace()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"i = 'a\nb' 'c\nd'", "i = \u0007", "i = 1 \u2028"})
    void a_message_for_people_is_one_printable_line(String selector) {
        assertThatThrownBy(() -> selects(selector))
                .isInstanceOf(SelectorException.class)
                .message()
                .matches("[^\\p{Cntrl}\\u2028\\u2029]+");
    }
}
