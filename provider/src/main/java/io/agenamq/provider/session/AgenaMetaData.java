// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.jms.JmsProperties;
import jakarta.jms.ConnectionMetaData;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/** What this provider says of itself. */
final class AgenaMetaData implements ConnectionMetaData {

    private static final int PROVIDER_MAJOR = 0;
    private static final int PROVIDER_MINOR = 1;

    @Override
    public String getJMSVersion() {
        return getJMSMajorVersion() + "." + getJMSMinorVersion();
    }

    @Override
    public int getJMSMajorVersion() {
        return 3;
    }

    @Override
    public int getJMSMinorVersion() {
        return 1;
    }

    @Override
    public String getJMSProviderName() {
        return "AgenaMQ";
    }

    @Override
    public String getProviderVersion() {
        return PROVIDER_MAJOR + "." + PROVIDER_MINOR;
    }

    @Override
    public int getProviderMajorVersion() {
        return PROVIDER_MAJOR;
    }

    @Override
    public int getProviderMinorVersion() {
        return PROVIDER_MINOR;
    }

    @Override
    public Enumeration<String> getJMSXPropertyNames() {
        return Collections.enumeration(
                List.of(JmsProperties.GROUP_ID, JmsProperties.GROUP_SEQUENCE, JmsProperties.DELIVERY_COUNT));
    }
}
