// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.directory;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SubscriptionGroupConfig;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.table.GroupTable;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How consumer groups come into being, change and go: RocketMQ's rules over the store's group table. Safe for all threads; creating one group
 * twice writes the same record twice and nothing else, so no lock is needed.
 */
public final class GroupDirectory {

    /** Groups of tools, which exist whatever {@code autoCreateSubscriptionGroup} says. */
    private static final Set<String> SYSTEM_GROUPS = Set.of(
            "TOOLS_CONSUMER",
            "FILTERSRV_CONSUMER",
            "SELF_TEST_C_GROUP",
            "CID_ONS-HTTP-PROXY",
            "CID_ONSAPI_PULL",
            "CID_ONSAPI_PERMISSION",
            "CID_ONSAPI_OWNER",
            "CID_RMQ_SYS_TRANS");

    private static final Logger LOG = LoggerFactory.getLogger(GroupDirectory.class);

    private final GroupTable table;
    private final LiveSettings settings;

    /** Over the store's table. */
    public GroupDirectory(GroupTable table, LiveSettings settings) {
        this.table = table;
        this.settings = settings;
    }

    /** The group, or {@code null}. */
    public @Nullable SubscriptionGroupConfig get(String group) {
        return table.get(group);
    }

    /** All groups. */
    public Collection<SubscriptionGroupConfig> all() {
        return table.all();
    }

    /** The group, created if it may be; {@code null} if there is none and none can be created, or its name is not allowed. */
    public @Nullable SubscriptionGroupConfig getOrCreate(String group) {
        SubscriptionGroupConfig found = table.get(group);
        if (found != null) {
            return found;
        }
        boolean allowed = settings.get(BrokerOptions.AUTO_CREATE_GROUP) || SYSTEM_GROUPS.contains(group);
        if (!allowed || TopicNames.faultOfGroup(group).isPresent()) {
            return null;
        }
        SubscriptionGroupConfig created = SubscriptionGroupConfig.withDefaults(group);
        try {
            table.put(created);
        } catch (AppendRefusedException refused) {
            // Reading goes on when nothing can be stored, also for a group that has just come: it has the defaults, and
            // is created when it
            // comes again.
            LOG.debug("group {} cannot be stored: {}", group, refused.getMessage());
        }
        return created;
    }

    /** The group, created if it may be; refused with code 26 otherwise. */
    public SubscriptionGroupConfig require(String group) {
        SubscriptionGroupConfig found = getOrCreate(group);
        if (found == null) {
            throw new ProtocolException(
                    ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
                    "subscription group [" + (TopicNames.faultOfGroup(group).isPresent() ? "?" : group)
                            + "] does not exist");
        }
        return found;
    }

    /** Creates or changes a group for an operator; refused with 29 for a bad name. */
    public void put(SubscriptionGroupConfig wanted) {
        checkName(wanted.groupName());
        putIntoTable(wanted);
    }

    /** Deletes a group; nothing happens if there is none. */
    public void remove(String group) {
        checkName(group);
        if (table.get(group) == null) {
            return;
        }
        try {
            table.remove(group);
        } catch (AppendRefusedException refused) {
            throw new ProtocolException(ResponseCode.SERVICE_NOT_AVAILABLE, String.valueOf(refused.getMessage()));
        }
    }

    private void putIntoTable(SubscriptionGroupConfig group) {
        try {
            table.put(group);
        } catch (AppendRefusedException refused) {
            throw new ProtocolException(ResponseCode.SERVICE_NOT_AVAILABLE, String.valueOf(refused.getMessage()));
        }
    }

    private static void checkName(String group) {
        TopicNames.faultOfGroup(group).ifPresent(fault -> {
            throw new ProtocolException(ResponseCode.INVALID_PARAMETER, fault);
        });
    }
}
