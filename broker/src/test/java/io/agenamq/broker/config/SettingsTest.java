// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.broker.config.Settings.FlagValue;
import io.agenamq.remoting.HostPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    @Test
    void without_any_source_every_option_has_its_default_and_says_so() {
        Settings settings = Settings.defaults(BrokerOptions.TABLE);

        assertThat(settings.get(BrokerOptions.LISTEN_PORT)).isEqualTo(10_911);
        assertThat(settings.origin(BrokerOptions.LISTEN_PORT).text()).isEqualTo("default");
        assertThat(settings.describe()).contains("listenPort = 10911   # default");
    }

    @Test
    void a_flag_wins_over_the_environment_which_wins_over_the_file() {
        ConfigFile file = ConfigFile.parse("broker.conf", "listenPort = 1\nbrokerName=b\nbrokerClusterName=c\n");
        Map<String, String> environment = Map.of("AGENA_LISTEN_PORT", "2", "AGENA_BROKER_NAME", "e", "PATH", "/bin");
        Map<String, FlagValue> flags = Map.of("listenPort", new FlagValue("3", "--listen"));

        Settings settings = Settings.of(BrokerOptions.TABLE, file, environment, flags);

        assertThat(settings.get(BrokerOptions.LISTEN_PORT)).isEqualTo(3);
        assertThat(settings.origin(BrokerOptions.LISTEN_PORT).text()).isEqualTo("--listen");
        assertThat(settings.get(BrokerOptions.BROKER_NAME)).isEqualTo("e");
        assertThat(settings.origin(BrokerOptions.BROKER_NAME).text()).isEqualTo("environment AGENA_BROKER_NAME");
        assertThat(settings.get(BrokerOptions.CLUSTER_NAME)).isEqualTo("c");
        assertThat(settings.origin(BrokerOptions.CLUSTER_NAME).text()).isEqualTo("broker.conf line 3");
    }

    @Test
    void a_stock_broker_conf_is_understood() {
        ConfigFile file = ConfigFile.parse(
                "broker.conf",
                """
                # Licensed to whom it may concern
                brokerClusterName = DefaultCluster
                brokerName = broker-a
                brokerId = 0
                deleteWhen = 04
                fileReservedTime = 48
                brokerRole = ASYNC_MASTER
                flushDiskType = SYNC_FLUSH
                namesrvAddr=10.0.0.1:9876;ns2:9877
                sendMessageThreadPoolNums=16
                """);

        Settings settings = Settings.of(BrokerOptions.TABLE, file, Map.of(), Map.of());

        assertThat(settings.get(BrokerOptions.RETENTION)).isEqualTo(Duration.ofDays(2));
        assertThat(settings.get(BrokerOptions.FLUSH_DISK_TYPE)).isEqualTo(FlushDiskType.SYNC_FLUSH);
        assertThat(settings.get(BrokerOptions.NAME_SERVERS))
                .containsExactly(new HostPort("10.0.0.1", 9876), new HostPort("ns2", 9877));
        assertThat(settings.ignoredKeys()).containsExactly("sendMessageThreadPoolNums");
    }

    @Test
    void an_unknown_key_names_its_line_and_the_nearest_known_one() {
        ConfigFile file = ConfigFile.parse("broker.conf", "\nbrokerNmae = x\n");

        assertThatThrownBy(() -> Settings.of(BrokerOptions.TABLE, file, Map.of(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("broker.conf line 2: there is no option 'brokerNmae'; did you mean brokerName?");
    }

    @Test
    void an_unknown_variable_that_looks_like_ours_is_an_error() {
        assertThatThrownBy(() -> Settings.of(BrokerOptions.TABLE, null, Map.of("AGENA_LISTENPORT", "1"), Map.of()))
                .hasMessage("environment AGENA_LISTENPORT: there is no such option; did you mean AGENA_LISTEN_PORT?");
    }

    @Test
    void a_value_out_of_range_says_what_is_allowed() {
        ConfigFile file = ConfigFile.parse("broker.conf", "listenPort=70000");

        assertThatThrownBy(() -> Settings.of(BrokerOptions.TABLE, file, Map.of(), Map.of()))
                .hasMessage("broker.conf line 1: listenPort=70000 is not valid: allowed is 0 to 65535");
    }

    @Test
    void a_key_that_promises_a_missing_feature_is_refused_instead_of_ignored() {
        ConfigFile file = ConfigFile.parse("broker.conf", "aclEnable=true");

        assertThatThrownBy(() -> Settings.of(BrokerOptions.TABLE, file, Map.of(), Map.of()))
                .hasMessageContaining("broker.conf line 1: aclEnable=true: this version does not have the feature");
    }

    @Test
    void a_key_with_two_values_is_a_contradiction() {
        ConfigFile file = ConfigFile.parse("broker.conf", "brokerName=a\nbrokerName=b");

        assertThatThrownBy(() -> Settings.of(BrokerOptions.TABLE, file, Map.of(), Map.of()))
                .hasMessageContaining("line 2: brokerName has another value in line 1");
    }

    @Test
    void a_value_may_go_on_in_the_next_line() {
        ConfigFile file = ConfigFile.parse("broker.conf", "namesrvAddr=a:1;\\\n   b:2\nlistenPort=7");

        Settings settings = Settings.of(BrokerOptions.TABLE, file, Map.of(), Map.of());

        assertThat(settings.get(BrokerOptions.NAME_SERVERS)).hasSize(2);
        assertThat(settings.origin(BrokerOptions.LISTEN_PORT).text()).isEqualTo("broker.conf line 3");
    }

    @Test
    void an_unreadable_file_is_one_line(@TempDir Path folder) throws Exception {
        Path binary = Files.write(folder.resolve("b.conf"), new byte[] {(byte) 0xc3, 0x28});

        assertThatThrownBy(() -> ConfigFile.read(folder.resolve("none.conf")))
                .hasMessage("cannot read " + folder.resolve("none.conf") + ": there is no such file");
        assertThatThrownBy(() -> ConfigFile.read(folder)).hasMessageEndingWith("it is a directory");
        assertThatThrownBy(() -> ConfigFile.read(binary)).hasMessageEndingWith("it is not UTF-8 text");
    }

    @Test
    void only_options_declared_as_such_change_while_running() {
        LiveSettings live = new LiveSettings(Settings.defaults(BrokerOptions.TABLE));

        live.change(Map.of("autoCreateTopicEnable", "false"));

        assertThat(live.get(BrokerOptions.AUTO_CREATE_TOPIC)).isFalse();
        assertThat(live.current().origin(BrokerOptions.AUTO_CREATE_TOPIC).text())
                .isEqualTo("changed while running");
        assertThatThrownBy(() -> live.change(Map.of("listenPort", "1")))
                .hasMessageStartingWith("listenPort cannot be changed while running");
        assertThatThrownBy(() -> live.change(Map.of("autoCreateTopicEnable", "true", "nonsense", "1")))
                .isInstanceOf(ConfigException.class);
        assertThat(live.get(BrokerOptions.AUTO_CREATE_TOPIC)).isFalse();
    }

    @Test
    void every_default_can_be_read_back_and_no_two_options_share_a_variable() {
        for (OptionTable table : OptionTables.ALL) {
            for (Option<?> option : table.options()) {
                if (!option.defaultText().isEmpty()) {
                    assertThat(option.read(option.defaultText(), Origin.DEFAULT))
                            .isEqualTo(option.defaultValue());
                }
                assertThat(table.ignores(option.name())).isFalse();
            }
            assertThat(table.options().stream().map(Option::environmentName)).doesNotHaveDuplicates();
        }
    }

    @Test
    void a_tilde_is_the_home_directory() {
        BrokerConfig config = BrokerConfig.of(Settings.defaults(BrokerOptions.TABLE), Path.of("/home/x"));

        assertThat(config.dataDirectory()).isEqualTo(Path.of("/home/x/agena/store"));
    }
}
