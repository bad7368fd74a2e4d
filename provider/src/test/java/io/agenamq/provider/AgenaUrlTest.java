// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.AgenaUrl.Option;
import io.agenamq.remoting.HostPort;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgenaUrlTest {

    @Test
    void name_servers_and_options_are_read() {
        AgenaUrl url = AgenaUrl.parse(
                "agena://ns1,ns2:9877;[::1]:9878/?clientId=a%26b+c&prefetch=0&reconnectTimeout=0&nativeMessages=text");
        assertThat(url.nameServers())
                .containsExactly(new HostPort("ns1", 9876), new HostPort("ns2", 9877), new HostPort("::1", 9878));
        assertThat(url.text(Option.CLIENT_ID)).isEqualTo("a&b c");
        assertThat(url.integer(Option.PREFETCH)).isZero();
        assertThat(url.millis(Option.RECONNECT_TIMEOUT)).isZero();
        assertThat(url.text(Option.NATIVE_MESSAGES)).isEqualTo("text");
    }

    @Test
    void what_is_not_said_has_its_default() {
        AgenaUrl url = AgenaUrl.parse("agena://localhost");
        assertThat(url.textOrNull(Option.CLIENT_ID)).isNull();
        assertThat(url.integer(Option.PREFETCH)).isEqualTo(128);
        assertThat(url.millis(Option.RECONNECT_TIMEOUT)).isEqualTo(Duration.ofMinutes(1));
        for (Option option : Option.values()) {
            option.check(option.dflt);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
            tcp://localhost:61616                        | 'tcp://localhost:61616' does not begin with agena://
            localhost:9876                               | write agena://host:port
            agena://                                     | names no name server; write agena://host:port
            agena://?prefetch=1                          | names no name server
            agena://host:port                            | 'host:port'
            agena://host:0                               | 'host:0'
            agena://host:70000                           | 'host:70000'
            agena://:9876                                | ':9876'
            agena://host?prefech=1                       | there is no option 'prefech'; did you mean prefetch?
            agena://host?PREFETCH_BYTES=1                | did you mean prefetchBytes?
            agena://host?reconnect=1                     | did you mean reconnectTimeout?
            agena://host?prefetch=-1                     | option prefetch cannot be '-1': it is a number from 0 to 1000000
            agena://host?prefetch=many                   | option prefetch cannot be 'many'
            agena://host?prefetch                        | option prefetch cannot be ''
            agena://host?prefetchBytes=0                 | it is a number from 1 to
            agena://host?connectTimeout=0                | option connectTimeout cannot be '0'
            agena://host?reconnectTimeout=-1             | option reconnectTimeout cannot be '-1'
            agena://host?nativeMessages=json             | option nativeMessages cannot be 'json': it is 'bytes' or 'text'
            agena://host?prefetch=1&prefetch=2           | option prefetch is given twice
            agena://host?password=x                      | option password needs option user
            agena://host?data=/tmp                       | option data is for agena:embedded
            agena:embedded?stay=perhaps                  | option stay cannot be 'perhaps': it is 'false' or 'true'
            agena:embedded?dat=x                         | there is no option 'dat'; did you mean data?
            agena:embedded/a b                           | 'a b' cannot name an embedded broker
            agena:embedded/                              | '' cannot name an embedded broker
            agena:embeded                                | or agena:embedded
            agena://host?clientId=%zz                    | '%zz' is not URL-encoded; write % as %25
            """)
    void each_mistake_is_one_line_that_helps(String url, String help) {
        assertThatThrownBy(() -> new AgenaConnectionFactory(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(help)
                .message()
                .hasLineCount(1);
    }

    @Test
    void an_embedded_broker_has_a_name() {
        assertThat(AgenaUrl.parse("agena:embedded").embedded()).isEqualTo("default");
        assertThat(AgenaUrl.parse("agena:embedded/a-1?data=/d&stay=true").embedded())
                .isEqualTo("a-1");
        assertThat(AgenaUrl.parse("agena://embedded").embedded()).isNull();
    }

    @Test
    void a_factory_connects_to_nothing_by_itself() {
        assertThat(new AgenaConnectionFactory("agena://no-such-host.invalid:1").getUrl())
                .isEqualTo("agena://no-such-host.invalid:1");
        assertThat(new AgenaConnectionFactory().getUrl()).isEqualTo(AgenaConnectionFactory.DEFAULT_URL);
    }
}
