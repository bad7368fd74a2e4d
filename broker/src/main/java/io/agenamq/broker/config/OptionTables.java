// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

import java.util.List;

/** The option tables of all processes: an environment variable that belongs to another process on the machine is not a mistake. */
final class OptionTables {

    static final List<OptionTable> ALL = List.of(BrokerOptions.TABLE, NameServerOptions.TABLE);

    private OptionTables() {}

    static boolean isVariable(String environmentName) {
        return ALL.stream().flatMap(table -> table.options().stream()).anyMatch(option -> option.environmentName()
                .equals(environmentName));
    }
}
